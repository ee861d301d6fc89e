import Foundation
import FoundationXML
import Rendering
import Testing

struct JUnitTests {
  @Test("verdicts, counts and characters that XML cannot have")
  func text() {
    let report = JUnitReport([
      .init(
        name: "haq check \"odd\"",
        cases: [
          .init(name: "loads", group: "load", outcome: .passed()),
          .init(name: "clean", group: "physics", outcome: .passed(remark: "a < b")),
          .init(name: "finite", group: "results", outcome: .failed("got \u{1}\nNaN & more")),
          .init(name: "pin", group: "", outcome: .skipped("no pin")),
        ])
    ])
    #expect(
      report.text == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="4" failures="1" errors="0" skipped="1">
        <testsuite name="haq check &quot;odd&quot;" tests="4" failures="1" errors="0" skipped="1">
        <testcase classname="haq check &quot;odd&quot;.load" name="loads"/>
        <testcase classname="haq check &quot;odd&quot;.physics" name="clean"><system-out>a &lt; b</system-out></testcase>
        <testcase classname="haq check &quot;odd&quot;.results" name="finite"><failure message="got \u{FFFD}&#10;NaN &amp; more"/></testcase>
        <testcase classname="haq check &quot;odd&quot;" name="pin"><skipped message="no pin"/></testcase>
        </testsuite>
        </testsuites>

        """)
    #expect(XMLParser(data: Data(report.text.utf8)).parse())
  }
}
