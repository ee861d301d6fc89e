package import Core

/// What can go wrong when bare functions are called.
package enum ForeignFunctionError: Error, Hashable, Sendable {
  case cannotOpen(library: String, reason: String)
  case missingSymbol(String, library: String)
  /// libffi does not know how to call such a function on this processor.
  case cannotCall(symbol: String, library: String)
  /// An integer argument that does not hold its value; the argument counts from 0.
  case doesNotFit(symbol: String, argument: Int, value: String, type: ForeignType, layer: String)
  /// The layer's window is what the function's arguments do not say.
  case unknownWindow(symbol: String, layer: String, window: String, arguments: String)
  case missingFunction(Metric, library: String)
  case failed(symbol: String, status: Double, layer: String, precision: Precision)
}

extension ForeignFunctionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cannotOpen(let library, let reason): "cannot load \(library): \(reason)"
    case .missingSymbol(let symbol, let library):
      "\(library) has no function \"\(symbol)\". Correct \"symbol\" in the spec, or export the function; C++ needs "
        + "extern \"C\"."
    case .cannotCall(let symbol, let library):
      "the signature of \"\(symbol)\" in \(library) cannot be called on this processor"
    case .doesNotFit(let symbol, let argument, let value, let type, let layer):
      "layer \"\(layer)\": arguments[\(argument)] of \"\(symbol)\" is \(value), and \(type.rawValue) holds "
        + "\(type.range.map { "whole numbers \($0)" } ?? "less"). Declare a wider type, in the library too."
    case .unknownWindow(let symbol, let layer, let window, let arguments):
      "layer \"\(layer)\" has \(window), and \"\(symbol)\" is given the layer's sizes without it. Give it \(arguments) "
        + "as arguments, in the library too."
    case .missingFunction(let metric, let library):
      "no function of \(library) gives \(metric.rawValue)"
    case .failed(let symbol, let status, let layer, let precision):
      "\"\(symbol)\" failed for layer \"\(layer)\" at \(precision): it returned \(Int(status)), which should be 0"
    }
  }
}
