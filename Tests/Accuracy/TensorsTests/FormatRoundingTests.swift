import NumberFormats
import Quantization
import RandomNumbers
import Tensors
import Testing

/// Whole tensors are rounded as `NumberFormats` rounds them, bit for bit; that module is tested against ml_dtypes.
@Suite struct FormatRoundingTests {
  /// Numbers of many sizes, with zeros of both signs, ties, whole blocks of zeros, and subnormal numbers among them.
  private func matrix(_ count: Int, _ length: Int, seed: UInt64, exponents: ClosedRange<Int> = -30...20)
    -> [[Float]]
  {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { row in
      let exponent = Int.random(in: exponents, using: &generator)
      return (0..<length).map { column in
        if row == 1 || (column / 32) % 5 == 4 { return column.isMultiple(of: 2) ? 0 : -0.0 }
        let significand = Float.random(in: -2...2, using: &generator)
        // Few bits make ties.
        let short = (significand * 64).rounded() / 64
        let value = column.isMultiple(of: 3) ? short : significand
        let spread = Int.random(in: -12...2, using: &generator)
        return value * Float(sign: .plus, exponent: exponent + spread, significand: 1)
      }
    }
  }

  private func areAlike(_ found: [Float], _ expected: [Float]) -> Bool {
    found.count == expected.count
      && zip(found, expected).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
  }

  private func tensor(_ rows: [[Float]]) throws -> Tensor {
    try Tensor(rows.flatMap(\.self), shape: [rows.count, rows[0].count])
  }

  @Test(
    "floats of at most 8 bits, with a scale for each row or for all",
    arguments: FloatingFormat.allCases.filter { $0.bits <= 8 })
  func scaled(_ format: FloatingFormat) throws {
    let rows = matrix(9, 301, seed: 1) + [[Float](repeating: 1e30, count: 301)]
    let scales = rows.map { row in
      TensorQuantizer.scale(of: format, largestMagnitude: row.map(abs).max() ?? 0)
    }
    let byRow = zip(rows, scales).flatMap { row, scale in
      NumberFormat.floating(format).round(rows: [row.map { $0 / scale }])[0].map { $0 * scale }
    }
    #expect(areAlike(try tensor(rows).rounded(to: format, scales: scales).values(), byRow))
    let whole = rows.flatMap { row in
      NumberFormat.floating(format).round(rows: [row.map { $0 / 0.37 }])[0].map { $0 * 0.37 }
    }
    #expect(areAlike(try tensor(rows).rounded(to: format, scales: [0.37]).values(), whole))
  }

  @Test("floats of 16 bits, as casts: beyond the largest number is infinity")
  func casts() throws {
    let ends: [Float] = [65504, 65519.99, 65520, -Float.greatestFiniteMagnitude, .infinity]
    let rows =
      matrix(9, 301, seed: 2, exponents: -140...120) + [ends + [Float](repeating: 1, count: 296)]
    for (format, bits) in [(FloatingFormat.float16, Tensor.SixteenBits.float16), (.bfloat16, .bfloat16)] {
      let expected = NumberFormat.floating(format).round(rows: rows).flatMap(\.self)
      #expect(areAlike(try tensor(rows).cast(to: bits).values(), expected))
    }
  }

  private static let blockFormats: [NumberFormat] = NumberFormat.all.filter { $0.blockLength != nil }

  private func rounded(
    _ tensor: Tensor, _ format: NumberFormat, _ axis: Tensor.BlockAxis
  ) throws -> Tensor {
    switch format {
    case .microscaling(let format): try tensor.rounded(to: format, along: axis)
    case .nvfp4: try tensor.roundedToNVFP4(along: axis)
    case .integerGroups(let format): try tensor.rounded(to: format, along: axis)
    case .integer, .floating: tensor
    }
  }

  @Test(
    "blocks along rows, the last of them shorter, with a NaN and an infinity in some", arguments: blockFormats
  )
  func blocks(_ format: NumberFormat) throws {
    var rows = matrix(12, 301, seed: 3)
    rows[4][100] = .nan
    rows[5][7] = -.infinity
    let expected = format.round(rows: rows).flatMap(\.self)
    #expect(areAlike(try rounded(tensor(rows), format, .rows).values(), expected))
    #expect(areAlike(try rounded(tensor(rows), format, .axis(1)).values(), expected))
    // Nothing but zeros.
    let zeros = [[Float]](repeating: [0, -0.0, 0], count: 2)
    #expect(
      areAlike(try rounded(tensor(zeros), format, .rows).values(), format.round(rows: zeros).flatMap(\.self)))
  }

  @Test("weights have blocks along inputs and then kernel positions; maps along channels")
  func axes() throws {
    let format = NumberFormat.microscaling(.float4E2M1)
    let values = matrix(4, 40 * 6, seed: 4)
    let weight = try Tensor(values.flatMap(\.self), shape: [4, 40, 2, 3])
    #expect(
      areAlike(
        try rounded(weight, format, .rows).values(), format.round(rows: values).flatMap(\.self)))
    // 4 images of 40 channels and 6 positions: a row is what lies at one position.
    let positions = values.flatMap { image in
      (0..<6).map { position in (0..<40).map { image[$0 * 6 + position] } }
    }
    let expected = format.round(rows: positions)
    let back = (0..<4).flatMap { image in
      (0..<40).flatMap { channel in (0..<6).map { expected[image * 6 + $0][channel] } }
    }
    #expect(areAlike(try rounded(weight, format, .axis(1)).values(), back))
  }

  @Test("NVFP4 with a scale for a known magnitude")
  func nvfp4() throws {
    let rows = matrix(6, 70, seed: 5, exponents: -3...3)
    let quantizer = NVFP4Quantizer(largestMagnitude: 3)
    let expected = rows.flatMap { quantizer.decode(row: quantizer.encode(row: $0)) }
    #expect(
      areAlike(try tensor(rows).roundedToNVFP4(largestMagnitude: 3, along: .axis(1)).values(), expected))
  }

  @Test("gradients pass, except where 8-bit floats are cut off")
  func gradients() throws {
    func gradient(_ round: (Tensor) throws -> Tensor) throws -> [Float] {
      let values = try Tensor([0.3, -2, 500, 0], shape: [1, 4])
      let optimizer = try StochasticGradientDescent([.init([values], weightDecay: 0)], momentum: 0)
      let before = try values.values()
      let weights = try Tensor([1, 2, 3, 4], shape: [4, 1])
      // One step of rate 1 along the gradient of the product with 1, 2, 3, 4.
      try round(values).matrixProduct(with: weights).backward()
      try optimizer.step(rate: 1)
      return zip(before, try values.values()).map { $0 - $1 }
    }
    func isNear(_ found: [Float], _ expected: [Float]) -> Bool {
      zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 }
    }
    #expect(isNear(try gradient { try $0.rounded(to: .float8E4M3, scales: [1]) }, [1, 2, 0, 4]))
    #expect(isNear(try gradient { try $0.cast(to: .bfloat16) }, [1, 2, 3, 4]))
    #expect(
      isNear(try gradient { try $0.rounded(to: MicroscalingFormat.float4E2M1, along: .rows) }, [1, 2, 3, 4]))
  }
}
