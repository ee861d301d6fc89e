import Calibration
import Testing

@Suite("A parameter that the user wants to fit")
struct RequestedParameterTests {
  @Test(
    "is a key, alone or with a range",
    arguments: [
      "clock_hz", "clock_hz=50e6:1e9", "array.rows=4:64:whole", "array.rows=4:64:power-of-two",
      "array.rows=4:64:real",
    ])
  func reads(text: String) throws {
    let parameter = try #require(RequestedParameter(text))
    #expect(parameter.key == String(text.prefix { $0 != "=" }))
  }

  @Test("says the same with the short word for powers of two")
  func shortWord() {
    #expect(RequestedParameter("rows=4:64:pow2") == RequestedParameter("rows=4:64:power-of-two"))
    #expect(RequestedParameter("rows=4:64:pow2") != RequestedParameter("rows=4:64:whole"))
    #expect(RequestedParameter("rows=4:64") != RequestedParameter("rows=4:65"))
  }

  @Test(
    "is nothing else",
    arguments: [
      "", "=1:2", "a=", "a=1", "a=2:1", "a=1:1", "a=1:x", "a=1:2:half", "a=1:2:3:4", "a=nan:2", "a=1:nan",
    ])
  func refuses(text: String) {
    #expect(RequestedParameter(text) == nil)
  }
}
