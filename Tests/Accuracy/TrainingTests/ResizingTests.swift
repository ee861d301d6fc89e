import Networks
import Tensors
import Testing
import Training

/// Rows of four numbers resized by hand, by the formulas of ONNX's Resize.
@Suite struct ResizingTests {
  /// The row 1, 2, 4, 8 after a resizing.
  private func row(_ change: Resizing) throws -> [Float] {
    let graph = Graph(
      name: "row", input: "x", inputShape: TensorShape([.batch, Dimension(1), Dimension(4)]),
      nodes: [Node(name: "resize", operation: .resize(change), inputs: ["x"], output: "y")], output: "y")
    return try withoutGradients {
      try FloatNetwork(graph).scores(of: Tensor([1, 2, 4, 8], shape: [1, 1, 4])).values()
    }
  }

  private func isRow(_ change: Resizing, _ expected: [Float]) throws -> Bool {
    let found = try row(change)
    return found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 }
  }

  @Test("nearest, where a place lies half way")
  func nearest() throws {
    // Aligned corners put three places at 0, 1.5 and 3.
    for (rounding, middle): (Resizing.Rounding, Float) in [
      (.floor, 2), (.ceil, 4), (.roundPreferFloor, 2), (.roundPreferCeil, 4),
    ] {
      #expect(try row(Resizing(.nearest(rounding), .alignCorners, extents: [3])) == [1, middle, 8])
    }
    // Half pixels put eight places at -0.25, 0.25, 0.75 ...
    #expect(
      try row(Resizing(.nearest(.roundPreferFloor), .halfPixel, extents: [8])) == [1, 1, 2, 2, 4, 4, 8, 8])
  }

  @Test("linear, by every way to count places")
  func linear() throws {
    // Two places at 0.5 and 2.5.
    #expect(try isRow(Resizing(.linear, .halfPixel, extents: [2]), [1.5, 6]))
    // One place at 0.5 * 4 - 0.5; PyTorch puts a single one at 0.
    #expect(try isRow(Resizing(.linear, .halfPixel, extents: [1]), [3]))
    #expect(try isRow(Resizing(.linear, .pytorchHalfPixel, extents: [1]), [1]))
    // Eight places at 0, 0.5, 1 ... 3.5, the last beyond the edge.
    #expect(try isRow(Resizing(.linear, .asymmetric, extents: [8]), [1, 1.5, 2, 3, 4, 6, 8, 8]))
    // 0.7 * 4 is 2.8 elements, of which two are made, in the middle: 2 * (1 - 2 / 2.8) = 0.5714 further than (x + 0.5) / 0.7 - 0.5,
    // at 0.7857 and 2.2143.
    #expect(
      try isRow(
        Resizing(.linear, .halfPixelSymmetric, extents: [2], scales: [0.7]), [1.785_714_3, 4.857_142_9]))
  }

  @Test("cubic, at the edges as they are and without what lies outside")
  func cubic() throws {
    // Half way between two, Keys's kernel of -0.75 weighs -3/32, 19/32, 19/32 and -3/32. The first place has the first
    // element once more before it, the last the last one behind it:
    // (-3 * 1 + 19 * 1 + 19 * 2 - 3 * 4) / 32 and (-3 * 2 + 19 * 4 + 19 * 8 - 3 * 8) / 32.
    var change = Resizing(.cubic(coefficient: -0.75), .halfPixel, extents: [2])
    #expect(try isRow(change, [1.3125, 6.1875]))
    // Without it: (19 * 1 + 19 * 2 - 3 * 4) / 35 and (-3 * 2 + 19 * 4 + 19 * 8) / 35.
    change.excludesOutside = true
    #expect(try isRow(change, [45.0 / 35, 222.0 / 35]))
  }
}
