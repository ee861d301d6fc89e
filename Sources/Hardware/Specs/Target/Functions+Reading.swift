import Core
import Diagnostics

/// The parts of a spec that its functions refer to; nil for a part that is itself wrong.
struct FunctionContext: Sendable {
  var metrics: Set<Metric>?
  var parameters: [Parameter]?
}

extension TargetSpec {
  static func functions(from reader: ObjectReader, context: FunctionContext) -> Functions? {
    let library = library(from: reader)
    // Nothing can verify a signature, so its caller must be able to die.
    _ = reader.optional("isolation", .word([Isolation.process.rawValue]))
    let signatures = reader.required("functions", signaturesForm(context))
    guard let library, let signatures else { return nil }
    return Functions(library: library, signatures: signatures)
  }

  /// One signature for each metric of `capabilities`, no other.
  private static func signaturesForm(_ context: FunctionContext) -> Form<[Metric: FunctionSignature]> {
    .object { reader in
      var signatures: [Metric: FunctionSignature] = [:]
      var isComplete = true
      for metric in Metric.ofTargets where context.metrics?.contains(metric) ?? true {
        let form = signature(context)
        let field =
          context.metrics == nil
          ? reader.optional(metric.key, form)
          : reader.required(metric.key, form).map(Field.value) ?? .refused
        switch field {
        case .absent: break
        case .refused: isComplete = false
        case .value(let signature): signatures[metric] = signature
        }
      }
      return isComplete ? signatures : nil
    }
  }

  private static func signature(_ context: FunctionContext) -> Form<FunctionSignature> {
    .object { reader in
      let symbol = reader.required("symbol", symbolForm)
      let types = ForeignType.allCases.map(\.rawValue)
      let returns = reader.required("returns", .word(["void"] + types))
      let scale = reader.optional("scale", positiveNumber).or(1)
      let count = 0...FunctionSignature.largestArgumentCount
      let arguments = reader.required("arguments", .list(of: argument(context), count: count))
      guard let symbol, let returns, let scale, let arguments else { return nil }
      let outs = arguments.count { $0 == .out }
      let type = ForeignType(rawValue: returns)
      guard outs <= 1 else {
        reader.problems.add(
          "\(reader.name) has \(outs) arguments \"out.f64\"; one cost has one", at: reader.place)
        return nil
      }
      if outs == 0 {
        guard let type else {
          reader.problems.add(
            "\(reader.name) returns nothing and has no argument \"out.f64\", so it gives no cost",
            at: reader.place)
          return nil
        }
        return FunctionSignature(symbol: symbol, result: .returned(type), arguments: arguments, scale: scale)
      }
      guard type?.isInteger ?? true else {
        reader.problems.add(
          "\(reader.name) returns \(returns) beside \"out.f64\"; then it must return void, or an integer that "
            + "is 0 unless it failed", at: reader.place)
        return nil
      }
      return FunctionSignature(
        symbol: symbol, result: .written(status: type), arguments: arguments, scale: scale)
    }
  }

  private static let symbolForm = Form<String>.text.then { text, value, name, problems -> String? in
    guard text.wholeMatch(of: /[A-Za-z_.$][A-Za-z0-9_.$]{0,254}/) != nil else {
      problems.add("\(name) is \"\(text.prefix(60))\"; it must be the name of a symbol", at: value.place)
      return nil
    }
    return text
  }

  private static let positiveNumber = Form<Double>.number(
    Double.leastNonzeroMagnitude...1e30, "a number > 0")
}
