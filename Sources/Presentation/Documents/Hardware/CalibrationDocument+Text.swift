import Core
import Foundation
import Rendering
import Validation

extension CalibrationDocument {
  /// The tables for a terminal.
  public var text: String {
    let tried = "\(evaluations) values tried" + (refused > 0 ? ", \(refused) refused by the model" : "")
    return
      "\(metric.key) of \(target) fitted to \(tables.joined(separator: ", ")): \(tried).\n\n\(valuesText)\n\(errorsText)\n"
      + (isWritten ? "Wrote \(output).\n" : "Nothing was written.\n")
      + (copiedLibrary.map { "Copied the library to \($0), where the new spec finds it.\n" } ?? "")
  }

  private var valuesText: String {
    var values = TextTable([
      .init("parameter"), .init("before", .right), .init("after", .right), .init("range"), .init("unit"),
    ])
    for parameter in parameters {
      values.add([
        parameter.key, Self.short(parameter.before), Self.short(parameter.after),
        "\(Self.short(parameter.low)) to \(Self.short(parameter.high))"
          + (parameter.step == .real ? "" : ", \(parameter.step.rawValue.replacing("-", with: " "))"),
        parameter.unit ?? "",
      ])
    }
    return values.text
  }

  private var errorsText: String {
    var errors = TextTable([
      .init("layers"), .init("count", .right), .init("points", .right), .init("mean error before", .right),
      .init("after", .right), .init("max error before", .right), .init("after", .right),
    ])
    for (name, part) in [("fitted", fitted as Part?), ("held out", heldOut)] {
      guard let part else { continue }
      errors.add([
        name, "\(part.layers.count)", "\(part.after.count)",
        Quantity.smallPercent(part.before.meanAbsoluteError),
        Quantity.smallPercent(part.after.meanAbsoluteError),
        Quantity.smallPercent(part.before.largestAbsoluteError),
        Quantity.smallPercent(part.after.largestAbsoluteError),
      ])
    }
    return errors.text
  }

  private static func short(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? String(format: "%.9g", value)
  }
}
