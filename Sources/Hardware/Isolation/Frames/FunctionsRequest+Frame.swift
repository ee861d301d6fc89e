import Core

/// Types, fields and metrics travel as their position among all; both ends are of one build.
extension FrameWriter {
  mutating func functions(_ request: FunctionsRequest) {
    text(request.path)
    list(request.signatures.sorted { $0.key.rawValue < $1.key.rawValue }) { writer, entry in
      writer.metrics([entry.key])
      writer.signature(entry.value)
    }
  }

  private mutating func signature(_ signature: FunctionSignature) {
    text(signature.symbol)
    number(signature.scale)
    switch signature.result {
    case .returned(let type):
      number(UInt8(0))
      position(of: type)
    case .written(nil): number(UInt8(1))
    case .written(.some(let type)):
      number(UInt8(2))
      position(of: type)
    }
    list(signature.arguments) { writer, argument in
      switch argument {
      case .layer(let type, let field):
        writer.number(UInt8(0))
        writer.position(of: type)
        writer.position(of: field)
      case .point(let type, let field):
        writer.number(UInt8(1))
        writer.position(of: type)
        writer.position(of: field)
      case .parameter(let type, let key):
        writer.number(UInt8(2))
        writer.position(of: type)
        writer.text(key)
      case .constant(let type, let value):
        writer.number(UInt8(3))
        writer.position(of: type)
        writer.number(value)
      case .out: writer.number(UInt8(4))
      }
    }
  }

  private mutating func position<Case: CaseIterable & Equatable>(of value: Case) {
    number(UInt8(Array(Case.allCases).firstIndex(of: value)!))
  }
}

extension FrameReader {
  mutating func functions() throws(FrameError) -> FunctionsRequest {
    let path = try text()
    var signatures: [Metric: FunctionSignature] = [:]
    let entries = try list { reader throws(FrameError) in (try reader.metrics(), try reader.signature()) }
    for (metrics, signature) in entries {
      guard metrics.count == 1, signatures.updateValue(signature, forKey: metrics[0]) == nil else {
        throw FrameError("has a function for no metric, or two for one")
      }
    }
    return FunctionsRequest(path: path, signatures: signatures)
  }

  private mutating func signature() throws(FrameError) -> FunctionSignature {
    let symbol = try text()
    let scale = try number(Double.self)
    let result: FunctionSignature.Result
    switch try number(UInt8.self) {
    case 0: result = .returned(try position(of: ForeignType.self))
    case 1: result = .written(status: nil)
    case 2: result = .written(status: try position(of: ForeignType.self))
    case let other: throw FrameError("has the unknown result \(other)")
    }
    let arguments = try list { reader throws(FrameError) in try reader.argument() }
    guard arguments.count <= FunctionSignature.largestArgumentCount else {
      throw FrameError("has \(arguments.count) arguments")
    }
    return FunctionSignature(symbol: symbol, result: result, arguments: arguments, scale: scale)
  }

  private mutating func argument() throws(FrameError) -> FunctionSignature.Argument {
    switch try number(UInt8.self) {
    case 0:
      return .layer(
        try position(of: ForeignType.self), try position(of: FunctionSignature.LayerField.self))
    case 1:
      return .point(
        try position(of: ForeignType.self), try position(of: FunctionSignature.PointField.self))
    case 2: return .parameter(try position(of: ForeignType.self), key: try text())
    case 3: return .constant(try position(of: ForeignType.self), try number(Double.self))
    case 4: return .out
    case let other: throw FrameError("has the unknown argument \(other)")
    }
  }

  private mutating func position<Case: CaseIterable>(of: Case.Type) throws(FrameError) -> Case {
    let all = Array(Case.allCases)
    let position = Int(try number(UInt8.self))
    guard all.indices.contains(position) else { throw FrameError("names a word that does not exist") }
    return all[position]
  }
}
