import Core
import PluginLoading

/// Bare functions bound to one network: each call of `columns` calls every wanted metric's function for every point.
final class FunctionInstance: ModelInstance {
  private let library: ForeignLibrary
  private let signatures: [Metric: FunctionSignature]
  private let statusColumn: StatusColumn?
  private let network: Network
  private let parameters: [String: Double]

  init(
    library: ForeignLibrary, signatures: [Metric: FunctionSignature], statusColumn: StatusColumn?,
    setup: ModelSetup
  ) {
    self.library = library
    self.signatures = signatures
    self.statusColumn = statusColumn
    network = setup.network
    parameters = setup.parameters.reduce(into: [:]) { numbers, parameter in
      if case .number(let number) = parameter.value { numbers[parameter.key] = number }
    }
  }

  /// Every point has status 0, because a bare function cannot say that it does not run one; cells are checked by
  /// their reader.
  func columns(of wanted: [Metric], for points: [Point]) throws -> RawColumns {
    var cells: [Double] = []
    do {
      for metric in wanted {
        guard let signature = signatures[metric] else {
          throw ForeignFunctionError.missingFunction(metric, library: library.path)
        }
        cells += try column(by: signature, for: points)
      }
    } catch let error as ForeignFunctionError {
      throw PluginError.bareFunctions(problem: "\(error)")
    }
    let status = [UInt32](repeating: 0, count: points.count)
    guard let columns = RawColumns(metrics: wanted, status: status, cells: cells) else {
      preconditionFailure("one cell per metric and point was made")
    }
    return columns
  }

  private func column(
    by signature: FunctionSignature, for points: [Point]
  ) throws(ForeignFunctionError) -> [Double] {
    let function = try ForeignFunction(signature, in: library)
    let words = try ArgumentWords(signature: signature, parameters: parameters, network: network)
      .words(for: points)
    let done = statusColumn?.start(count: points.count)
    var column: [Double] = []
    column.reserveCapacity(points.count)
    for (point, answer) in zip(points, function.answers(to: words, calls: points.count, done: done)) {
      switch signature.result {
      case .returned(let type): column.append(type.number(in: answer.word) * signature.scale)
      case .written(let status):
        if let status, status.number(in: answer.word) != 0 {
          throw .failed(
            symbol: signature.symbol, status: status.number(in: answer.word),
            layer: network.layers[point.layer].name, precision: point.precision)
        }
        column.append(answer.out * signature.scale)
      }
    }
    return column
  }

  func breakdown(for points: [Point]) -> RawBreakdown { RawBreakdown(count: points.count) }

  func components(for points: [Point]) -> RawComponents? { nil }

  func resources() -> [ResourceUse] { [] }

  func networkColumns(of wanted: [Metric], for policies: [[Point]]) throws -> RawColumns {
    preconditionFailure("bare functions know layers only")
  }

  func end() {}
}
