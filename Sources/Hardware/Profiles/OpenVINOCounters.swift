import Core
import Foundation

/// The report of OpenVINO's `benchmark_app -report_type average_counters` or `detailed_counters`: a line for each operator,
/// without shapes.
enum OpenVINOCounters {
  private static let what = "a report of counters of OpenVINO's benchmark_app"

  /// Operators in the order of execution; those that were not run, because they are part of others, are left out.
  static func operators(in bytes: Data, file: String) throws -> [ProfiledOperator] {
    let lines = try ReportLines(bytes, file: file, separator: ";", what: what)
    let name = try lines.column(["layername", "layer"], what: what)
    let status = try lines.column(["execstatus"], what: what)
    let type = try lines.column(["layertype"], what: what)
    let implementation = try lines.column(["exectype"], what: what)
    let time = try lines.column(["realtime (ms)", "realtime(ms)"], what: what)
    var order: [String] = []
    var found: [String: ProfiledOperator] = [:]
    for row in lines.rows {
      // A total ends the report.
      guard row.fields.count >= lines.header.count - 1,
        try lines.field(status, of: row).uppercased().hasSuffix(".EXECUTED")
          || lines.field(status, of: row).uppercased() == "EXECUTED"
      else { continue }
      let seconds = try lines.number(time, of: row) * 1e-3
      let title = try lines.field(name, of: row)
      if found[title] == nil {
        order.append(title)
        let kinds = kinds(of: try lines.field(type, of: row))
        found[title] = ProfiledOperator(
          name: title, type: try lines.field(type, of: row), isLayer: kinds != nil,
          shapes: kinds.map { [ProfiledShape(kinds: $0)] } ?? [],
          precision: precision(try lines.field(implementation, of: row)), times: [])
      }
      found[title]?.times.append(seconds)
    }
    return order.compactMap { found[$0] }
  }

  private static func kinds(of type: String) -> Set<Layer.Kind>? {
    switch type {
    case "Convolution": [.convolution]
    case "GroupConvolution": [.convolution, .depthwise]
    case "ConvolutionBackpropData", "GroupConvolutionBackpropData", "Deconvolution": [.transposedConvolution]
    case "MatMul", "FullyConnected": [.fullyConnected, .matmul]
    default: nil
    }
  }

  /// The names of implementations end in the type that they compute in.
  private static func precision(_ implementation: String) -> Precision? {
    let type = implementation.split(separator: "_").last?.lowercased()
    let width: BitWidth? =
      switch type {
      case "f32": .float
      case "f16", "bf16": BitWidth(16)
      case "i8", "u8": .eight
      default: nil
      }
    return width.map { Precision(weight: $0, activation: $0) }
  }
}
