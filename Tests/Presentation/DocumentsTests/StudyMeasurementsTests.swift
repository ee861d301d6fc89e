import Core
import Documents
import FixtureBuilding
import Studies
import StudyBuilding
import Testing

/// What the network of a study took on devices.
struct StudyMeasurementsTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    let study = try GrowingStudy(in: folder.path)
    try study.measure(weight: 8, activation: 8, accuracy: 0.75)
    path = study.path
  }

  private func keep(_ measurement: NetworkMeasurementDocument) throws {
    try Study.revise(.networkMeasurements, of: path) { text in
      var all = try text.map(StudyMeasurements.init(json:)) ?? StudyMeasurements()
      all.add(measurement)
      return try all.json()
    }
  }

  private static let sentence =
    "On my-cpu (Intel Xeon, 2 threads, CPUExecutionProvider; onnxruntime 1.27.0), the network took 4.000 ms; my-machine "
    + "predicted 5.000 ms (+25.00 % off), and its layers alone add up to 3.000 ms. Measured at 2026-11-29T19:05:00Z."

  @Test("are in its description and on its page, and leave the study whole")
  func shown() throws {
    #expect(try StudyDescriptionDocument(path).measurements == nil)
    let rows = try StudyRecords(path).verifyWithDocuments().rowCount
    try keep(try Samples.read(NetworkMeasurementDocument.self))
    let document = try StudyDescriptionDocument(path)
    #expect(document.measurements?.map(\.latency.network) == [0.004])
    #expect(document.measurements?.first?.prediction?.error == 0.25)
    #expect(document.text.contains("\n  \(Self.sentence)\n"), "\(document.text)")
    #expect(try StudyDescriptionDocument(json: document.json()) == document)
    #expect(try StudyReport(path).page().contains("<p>\(Self.sentence)</p>"))
    #expect(try StudyRecords(path).verifyWithDocuments().rowCount == rows + 1)
  }

  @Test("are one for each target, the latest")
  func latest() throws {
    var measurement = try Samples.read(NetworkMeasurementDocument.self)
    try keep(measurement)
    measurement.latency.network = 0.005
    try keep(measurement)
    #expect(try StudyRecords(path).measurements().all == [measurement])
    var other = measurement
    other.target.id = "other"
    try keep(other)
    #expect(try StudyRecords(path).measurements().all == [measurement, other])
  }

  @Test("do not get into a study that a search works on")
  func running() throws {
    let search = try Study(at: path, programSHA256: "0")
    let measurement = try Samples.read(NetworkMeasurementDocument.self)
    #expect(throws: StudyError.inUse(path: path, process: nil)) { try keep(measurement) }
    #expect(try search.records.document(.networkMeasurements) == nil)
  }

  @Test("that are damaged are found")
  func damaged() throws {
    try Study.revise(.networkMeasurements, of: path) { _ in "[{}]" }
    #expect(throws: StudyError.self) { try StudyRecords(path).measurements() }
    #expect(throws: StudyError.self) { try StudyRecords(path).verifyWithDocuments() }
  }
}
