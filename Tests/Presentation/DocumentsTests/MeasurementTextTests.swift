import Documents
import Rendering
import Testing

@Suite("Texts about measurements")
struct MeasurementTextTests {
  private let caution = "The costs of edge are inferred: streams, clock and array are fitted to one figure."

  @Test("a validation has a row for all points, for groups of them, and for the worst")
  func validation() throws {
    var document = try Samples.read(ValidationDocument.self)
    let lines = Samples.lines(document.text)
    #expect(lines.first == "edge against table.csv: latency of 384 points, 4 of 6 layers, batch 16.")
    for line in [
      "all points 384 12.5 % 25.0 % -5.00 % 50.0 % 75.0 % 0.9000 0.8000 1",
      "convolution 192 10.0 % 25.0 % -5.00 % 50.0 % 75.0 % 0.9000 0.8000 1",
      "bound by weight traffic 20 20.0 % 25.0 % -5.00 % 50.0 % 75.0 % 0.9000 0.8000 1",
      "network totals 64 5 % 25.0 % -5.00 % 50.0 % 75.0 % 0.9000 0.8000 1",
      "wide W4A6 -> 8 800.0 µs 1.000 ms -20.00 %", "90 % intervals hold 87.5 % of the points.",
    ] { #expect(lines.contains(line), "\(line)") }
    #expect(lines.last == caution)
    document.worst = []
    #expect(document.text.contains("\nEvery point is exact.\n"))
  }

  @Test("reference tables are a Markdown table, remarks below")
  func references() throws {
    let document = try Samples.read(ReferenceValidationsDocument.self)
    let lines = Samples.lines(document.text)
    #expect(
      lines.contains("| edge | inferred | edge.csv | 448 | 1 % | 25.0 % | 75.0 % | 0.8000 | passed |"))
    #expect(lines.contains("| away | not stated | - | - | - | - | - | - | no table |"))
    #expect(
      lines.suffix(2) == [
        "- edge, edge.csv: looks like milliseconds", "- away: 3 reference points in the spec",
      ])
    let junit = document.junit.text
    #expect(junit.contains("<testsuites tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"1\">"))
    #expect(junit.contains("classname=\"haq validate.away\" name=\"no table\"><skipped"))
  }

  @Test("a fit shows how well held-out layers are predicted, beside its base, and what was widened")
  func fit() throws {
    let document = try Samples.read(FitDocument.self)
    let lines = Samples.lines(document.text)
    #expect(lines.contains("W8A8 40 shapes 5 % 40.0 % 75.0 % 87.5 % 0.8000 hold 90.0 %"))
    #expect(lines.contains("W8A8 40 tables 6 % 50.0 % 75.0 % 87.5 % 0.8000 hold 92.5 %"))
    #expect(lines.contains { $0.hasSuffix("by: W8A8 1.2500.") })
    #expect(lines.last == "Wrote my-machine.json and my-machine/predictor.json.")
    #expect(document.isBetter)
    #expect(
      document.statement.hasSuffix(
        "from layers of other tables: the mean error is 6 % at W8A8. Whole networks were predicted from other networks: "
          + "12.5 %."))
    #expect(lines.contains("predicted 12 12.5 % -5.00 % 75.0 % 25.0 % 0.8000"), "\(document.text)")
  }

  @Test("a calibration shows values and errors before and after")
  func calibration() throws {
    let lines = Samples.lines(try Samples.read(CalibrationDocument.self).text)
    #expect(lines.first == "latency of edge fitted to table.csv: 900 values tried, 2 refused by the model.")
    for line in [
      "clock_hz 330000000 200000000 50000000 to 1000000000 Hz", "array.rows 32 16 4 to 64, power of two",
      "fitted 2 128 40.0 % 0.5 % 25.0 % 25.0 %", "held out 1 64 50.0 % 0.6 % 25.0 % 25.0 %",
    ] { #expect(lines.contains(line), "\(line)") }
    #expect(lines.contains("Wrote fitted.json."))
  }

  @Test("tables differ by their largest costs first, and by what one of them lacks")
  func tableDifference() throws {
    var document = try Samples.read(TableDiffDocument.self)
    let lines = Samples.lines(document.text)
    #expect(
      lines.prefix(2) == [
        "Not compared, because one table lacks it: energy.", "2 of 1152 costs differ:",
      ])
    for line in [
      "point W4A6 -> 8 latency 1.000 ms 1.100 ms +10.00 %", "deep W4A6 traffic_bytes 0 B 100 B from 0",
      "1 costs are only in the first table: deep at W1A1, latency",
    ] { #expect(lines.contains(line), "\(line)") }
    (document.differences, document.onlyInFirst, document.onlyInSecond) = ([], [], [])
    #expect(
      document.text
        == "The tables agree: 1152 costs compared.\nNot compared, because one table lacks it: energy.\n")
  }
}
