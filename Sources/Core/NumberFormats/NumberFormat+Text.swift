extension NumberFormat: CustomStringConvertible {
  /// Such as `int4`, `bf16`, `fp8-e4m3`, `mxfp4`, `nvfp4`, `int4-g128`; `init(_:)` reads it.
  public var description: String {
    switch self {
    case .integer(let format): format.description
    case .floating(let format): format.description
    case .microscaling(let format): format.description
    case .nvfp4: "nvfp4"
    case .integerGroups(let format): format.description
    }
  }
}

extension NumberFormat {
  /// Every format but the integers, in the order of the documents.
  static let named: [NumberFormat] =
    FloatingFormat.allCases.map(Self.floating) + MicroscalingFormat.allCases.map(Self.microscaling) + [.nvfp4]

  /// The names of PyTorch, NumPy and ONNX.
  private static let otherNames: [String: NumberFormat] = [
    "float32": .floating(.float32), "float16": .floating(.float16), "bfloat16": .floating(.bfloat16),
  ]

  /// Every format.
  public static let all: [NumberFormat] =
    IntegerFormat.widths.compactMap { IntegerFormat(bits: $0).map(Self.integer) } + named
    + IntegerGroupFormat.widths.compactMap { IntegerFormat(bits: $0) }.flatMap { integer in
      IntegerGroupFormat.Length.allCases.compactMap { length in
        IntegerGroupFormat(integer, length: length).map(Self.integerGroups)
      }
    }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.description, $0) })

  /// Reads the text form of a format, in capitals too; `float32`, `float16` and `bfloat16` are other names of `fp32`,
  /// `fp16` and `bf16`.
  ///
  /// - Throws: `NumberFormatError`.
  public init(_ text: String) throws(NumberFormatError) {
    let name = text.lowercased()
    guard let format = Self.byName[name] ?? Self.otherNames[name] else {
      throw NumberFormatError(text: text)
    }
    self = format
  }
}
