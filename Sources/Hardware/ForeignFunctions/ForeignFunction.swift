internal import CForeignCall
internal import Core

/// One function with its call prepared by libffi, once, and then repeated in C for every point.
final class ForeignFunction {
  let signature: FunctionSignature
  private let address: UnsafeMutableRawPointer
  private let call: OpaquePointer

  init(_ signature: FunctionSignature, in library: ForeignLibrary) throws(ForeignFunctionError) {
    self.signature = signature
    address = try library.address(of: signature.symbol)
    let arguments = signature.arguments.map(\.foreignKind)
    guard let call = foreign_call_make(signature.result.foreignKind, arguments, UInt32(arguments.count))
    else {
      throw .cannotCall(symbol: signature.symbol, library: library.path)
    }
    self.call = call
  }

  deinit { foreign_call_free(call) }

  /// What the function answered to one call.
  struct Answer {
    /// The returned word; meaningless for a function that returns nothing.
    var word: UInt64
    /// NaN where the function has no such argument, or did not write it.
    var out: Double
  }

  /// Calls the function once for each row of `words`, which has one word per argument.
  ///
  /// The library decides whether this returns at all: a wrong signature is undefined behaviour, so this runs
  /// where a crash harms nobody.
  ///
  /// - Parameter done: set to 0, call by call, as they return; at least `calls` long.
  func answers(to words: [UInt64], calls: Int, done: UnsafeMutablePointer<UInt32>? = nil) -> [Answer] {
    precondition(words.count == calls * signature.arguments.count)
    var words = words
    var results = [UInt64](repeating: 0, count: calls)
    var outs = [Double](repeating: .nan, count: calls)
    // The buffers have the sizes that foreign_call_repeat asks for, and outlive the call.
    foreign_call_repeat(call, address, UInt64(calls), &words, &results, &outs, done)
    return zip(results, outs).map { Answer(word: $0, out: $1) }
  }
}

extension ForeignType {
  fileprivate var foreignKind: UInt32 {
    switch self {
    case .i8: FOREIGN_I8
    case .i16: FOREIGN_I16
    case .i32: FOREIGN_I32
    case .i64: FOREIGN_I64
    case .u8: FOREIGN_U8
    case .u16: FOREIGN_U16
    case .u32: FOREIGN_U32
    case .u64: FOREIGN_U64
    case .f32: FOREIGN_F32
    case .f64: FOREIGN_F64
    }
  }
}

extension FunctionSignature.Argument {
  fileprivate var foreignKind: UInt32 {
    switch self {
    case .layer(let type, _), .point(let type, _), .parameter(let type, _), .constant(let type, _):
      type.foreignKind
    case .out: FOREIGN_OUT
    }
  }
}

extension FunctionSignature.Result {
  fileprivate var foreignKind: UInt32 {
    switch self {
    case .returned(let type): type.foreignKind
    case .written(let status): status?.foreignKind ?? FOREIGN_VOID
    }
  }
}
