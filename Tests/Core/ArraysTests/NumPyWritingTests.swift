import Arrays
import Testing

@Suite("Writing NumPy arrays")
struct NumPyWritingTests {
  @Test("numpy's own bytes of an array of 2 x 1 floats, from numpy.save")
  func bytes() {
    // np.save(file, np.array([[1.5], [-2]], dtype="<f4")): the header's length 0x76, then 118 characters.
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }"
    let expected: [UInt8] =
      [0x93] + Array("NUMPY".utf8) + [1, 0, 0x76, 0]
      + Array((header + String(repeating: " ", count: 117 - header.count) + "\n").utf8)
      + [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0]
    #expect(NumPyArray.file([1.5, -2], shape: [2, 1]) == expected)
  }

  @Test("what is written is read back, whatever its rank", arguments: [[], [3], [1, 2, 3], [0, 2]])
  func roundTrip(_ shape: [Int]) throws {
    let values = (0..<shape.reduce(1, *)).map { Float($0) / 3 }
    let array = try NumPyArray(NumPyArray.file(values, shape: shape))
    guard case .floats(let read) = array.elements else {
      Issue.record("no floats")
      return
    }
    #expect(read == values && array.shape == shape)
  }
}
