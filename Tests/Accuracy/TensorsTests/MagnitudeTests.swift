import Quantization
import Tensors
import Testing

@Suite struct MagnitudeTests {
  @Test("magnitudes are counted by bin, zeros left out, and added to what is there")
  func counting() throws {
    var counts: [Int64] = [10, 0, 0, 0]
    let values: [Float] = [0, -0.0, 0.5, -0.5, 1, 2.9, -3, 4, 17]
    try Tensor(values, shape: [9]).addMagnitudes(to: &counts, top: 4)
    // [0, 1): two halves; [1, 2): 1; [2, 3): 2.9; [3, 4] and beyond: 3, 4, 17.
    #expect(counts == [12, 1, 1, 3])
  }

  @Test("a picture's counts are those of the histogram type")
  func twin() throws {
    let values = numbers(2 * 3 * 20 * 20)
    var histogram = MagnitudeHistogram(top: 0.9)
    histogram.add(values)
    var counts = Array(repeating: Int64(0), count: MagnitudeHistogram.defaultBins)
    try Tensor(values, shape: [2, 3, 20, 20]).addMagnitudes(to: &counts, top: 0.9)
    #expect(counts == histogram.counts)
    #expect(counts.reduce(0, +) == 2400)
  }

  @Test("a vanishing range stays within the bins")
  func vanishing() throws {
    var counts: [Int64] = [0, 0, 0, 0]
    let tiny = Float.leastNonzeroMagnitude
    try Tensor([500 * tiny, -1500 * tiny, 4000 * tiny, 1], shape: [4])
      .addMagnitudes(to: &counts, top: 4000 * tiny)
    #expect(counts == [1, 1, 0, 2])
  }
}
