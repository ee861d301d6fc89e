import Documents
import FixtureBuilding
import Foundation
import SchemaValidation
import Testing

/// What programs get: every document as a process prints it, by the schema that the document itself names.
@Suite("JSON documents of commands")
struct DocumentSchemaTests {
  /// A command, run in a folder with `small.json`, `tiny.onnx`, `exact.csv`, `other.csv`, `p.json`, `q.json`, twenty
  /// black pictures `images` of the class 0, `labels`, and the target `dev` of a cost program.
  private struct Case: Sendable {
    var document: any Document.Type
    var arguments: [String]
    /// Where the command writes the document; nil when it prints it.
    var file: String?
    var exitCode: Int32 = 0

    init(_ document: any Document.Type, _ arguments: String..., file: String? = nil, exitCode: Int32 = 0) {
      self.init(document, arguments, file: file, exitCode: exitCode)
    }

    init(_ document: any Document.Type, _ arguments: [String], file: String? = nil, exitCode: Int32 = 0) {
      self.document = document
      self.arguments = arguments
      self.file = file
      self.exitCode = exitCode
    }
  }

  private static let cases = [
    Case(TargetsDocument.self, "targets"),
    Case(TargetDescriptionDocument.self, "targets", "show", "bismo-ultra96"),
    Case(TargetDescriptionDocument.self, "targets", "show", "nvidia-t4"),
    Case(DiscoveryDocument.self, "targets", "explain", "bismo-vu9p"),
    Case(CheckDocument.self, "check", "bismo-vu9p", "--only", "spec"),
    Case(CheckListDocument.self, "check", "--list"),
    Case(CostDocument.self, "cost", "small.json", "--target", "pipeline-bit-serial", "--bits", "W4A4"),
    Case(CostDocument.self, "cost", "tiny.onnx", "--target", "nvidia-t4", "--bits", "W5A6"),
    Case(
      CostExplanationDocument.self, "cost", "small.json", "--target", "bismo-vu9p", "--explain", "deep"),
    Case(
      CostExplanationDocument.self, "cost", "small.json", "--target", "bitfusion-eyeriss", "--bits", "W4A4",
      "--explain", "classes"),
    Case(
      TableBuildDocument.self, "table", "build", "small.json", "--target", "bismo-zynq7020", "-o", "b.csv"),
    Case(
      TableConversionDocument.self, "table", "convert", "exact.csv", "-o", "c.json", "--clock-hz", "200e6"),
    Case(TablePointsDocument.self, "table", "show", "exact.csv"),
    Case(TableDiffDocument.self, "table", "diff", "exact.csv", "other.csv", exitCode: 1),
    Case(ValidationDocument.self, "validate", "bismo-zynq7020", "--table", "exact.csv"),
    Case(ReferenceValidationsDocument.self, "validate", "--all"),
    Case(
      CalibrationDocument.self, "calibrate", "bismo-vu9p", "--table", "exact.csv", "--fit",
      "clock_hz=100e6:400e6", "--evaluations", "100", "-o", "fitted.json", exitCode: 1),
    Case(
      FitDocument.self, "fit", "\(Places.package)/hardware-specs/x86-onnxruntime/tables/resnet18.csv", "-o",
      "x86.json",
      "--force"),
    Case(CostDocument.self, "cost", "mobilenet-v2", "--target", "x86-onnxruntime"),
    Case(
      MeasurementDocument.self, "measure", "--target", "dev/dev.json", "--network", "tiny.onnx", "-o", "m.csv"
    ),
    Case(
      NetworkMeasurementDocument.self, "measure", "--target", "dev/dev.json", "--network", "tiny.onnx",
      "--bits", "W8A8", "--exported", "tiny.onnx"),
    Case(
      NetworkRunsDocument.self, "measure", "--target", "dev/dev.json", "--network", "tiny.onnx", "--mixes",
      "1",
      "--only", "W8A8", "-o", "n.json"),
    Case(
      NetworkValidationDocument.self, "validate", "x86-onnxruntime", "--networks",
      "\(Places.package)/Tests/Hardware/PredictorsTests/Reference/networks.json"),
    Case(
      TableImportDocument.self, "table", "import",
      "\(Places.package)/Tests/Hardware/ProfilesTests/Files/onnxruntime.json", "--from",
      "onnxruntime-profile", "--network", "fashion-mobilenet-v2", "-o", "i.csv"),
    Case(NewTargetDocument.self, "new", "target", "my-chip", "--kind", "function", "--language", "c"),
    Case(NetworkDescriptionDocument.self, "network", "show", "resnet-18"),
    Case(
      EvaluationDocument.self, "evaluate", "tiny.onnx", "--bits", "W4A4", "--samples", "32", "--threads", "1"),
    Case(SensitivityDocument.self, "sensitivity", "tiny.onnx", "--samples", "16", "--threads", "1"),
    Case(
      SensitivityDocument.self, "sensitivity", "tiny.onnx", "--samples", "16", "--threads", "1",
      "--sensitivities", "estimated"),
    Case(
      TransferDocument.self, "transfer", "p.json", "--targets", "bismo-zynq7020", "--network", "tiny.onnx"),
    Case(
      FigureDocument.self, "figure", "p.json", "--target", "bismo-zynq7020", "--network", "tiny.onnx", "-o",
      "p.svg"),
    Case(FineTuningDocument.self, training("finetune", "tiny.onnx", "--bits", "W4A4", "-o", "t.onnx")),
    Case(TrainingDocument.self, training("train", "fashion-mobilenet-v1", "-o", "v1.onnx")),
    Case(SearchDocument.self, search("--method", "auto", "-o", "run")),
    Case(
      SensitivityDocument.self, search("--sensitivities", "estimated", "-o", "estimated"),
      file: "estimated/sensitivity.json"),
    Case(SearchDocument.self, search("--method", "uniform", "-o", "other"), file: "other/report.json"),
    Case(
      ParetoDocument.self, "pareto", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.6x,0.8x",
      "--evaluations", "4", "--search-samples", "20", "--sensitivity-samples", "16", "--threads", "1", "-o",
      "front"),
    Case(StudyListDocument.self, "study", "list"),
    Case(StudyDescriptionDocument.self, "study", "show", "run"),
    Case(StudyComparisonDocument.self, "study", "compare", "run", "other"),
    Case(StudyExportDocument.self, "study", "export", "run", "-o", "files"),
    Case(FactsDocument.self, "study", "export", "run", "-o", "facts", file: "facts/facts.json"),
    Case(StudyReportDocument.self, "report", "run", "-o", "run.html"),
    Case(
      ExportDocument.self, "export", "tiny.onnx", "--bits", "W4A4", "--as", "qcdq", "-o", "q.onnx",
      "--threads", "1"),
    Case(PolicyDescriptionDocument.self, "policy", "show", "p.json", "--network", "tiny.onnx"),
    Case(PolicyDescriptionDocument.self, "policy", "apply", "p.json", "--set", "stem=W8A8", "-o", "r.json"),
    Case(PolicyDescriptionDocument.self, "policy", "uniform", "small.json", "--bits", "W4A4", "-o", "u.json"),
    Case(PolicyDiffDocument.self, "policy", "diff", "p.json", "q.json", exitCode: 1),
    Case(PolicyValidationDocument.self, "policy", "validate", "p.json", "tiny.onnx"),
    Case(
      PolicyValidationDocument.self, "policy", "validate", "p.json", "tiny.onnx", "--target", "bismo-zynq7020"
    ),
  ]

  private static func training(_ command: String...) -> [String] {
    command + [
      "--epochs", "1", "--data", "images,labels", "--classes", "10", "--batch-size", "8", "--threads", "1",
    ]
  }

  private static func search(_ options: String...) -> [String] {
    [
      "search", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.8x", "--evaluations", "30",
      "--search-samples", "20", "--sensitivity-samples", "16", "--final-finetune-samples", "64", "--threads",
      "1",
    ] + options
  }

  /// The target `dev`, whose program also answers what a whole network costs.
  private static func makeDevice(in folder: MeasuredFolder) throws {
    let made = try folder.run(["new", "target", "dev", "--kind", "program", "--language", "python"])
    try #require(made.exitCode == 0, "\(made.errors)")
    let program = try folder.read("dev/dev.py").replacing(
      "\n    cost, ", with: "\n    cost, network=lambda points, file: {\"latency_s\": 0.001}, ")
    try #require(program.contains("network="))
    try Data(program.utf8).write(to: URL(filePath: "\(folder.path)/dev/dev.py"))
  }

  /// In IDX, the form of MNIST.
  private static func writePictures(to folder: MeasuredFolder) throws {
    let count: UInt8 = 20
    let pictures =
      Data([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28]) + Data(count: Int(count) * 28 * 28)
    try pictures.write(to: URL(filePath: "\(folder.path)/images"))
    let labels = Data([0, 0, 8, 1, 0, 0, 0, count]) + Data(count: Int(count))
    try labels.write(to: URL(filePath: "\(folder.path)/labels"))
  }

  @Test("every command prints a document that its schema allows and its type reads")
  func outputs() throws {
    let folder = try MeasuredFolder()
    try TinyNetwork.write(to: "\(folder.path)/tiny.onnx")
    try Self.writePictures(to: folder)
    try Self.makeDevice(in: folder)
    for (bits, file) in [("W4A4", "p.json"), ("W8A8", "q.json")] {
      let run = try folder.run(["policy", "uniform", "tiny.onnx", "--bits", bits, "-o", file])
      try #require(run.exitCode == 0, "\(run.errors)")
    }
    let table = [
      "table", "build", "small.json", "--target", "bismo-zynq7020", "--batch", "16", "-o", "other.csv",
    ]
    try #require(try folder.run(table).exitCode == 0)
    var documents: [Data] = []
    for one in Self.cases {
      let run = try folder.run(one.arguments + ["--format", "json"])
      #expect(run.exitCode == one.exitCode, "\(one.arguments): \(run.errors)")
      let bytes = Data(try (one.file.map { try folder.read($0) } ?? run.output).utf8)
      documents.append(bytes)
      do {
        try expectRead(bytes, as: one.document)
      } catch {
        Issue.record("\(one.arguments): \(error)")
      }
    }
    for (one, refusal) in zip(Self.cases, try SchemaVerdicts.refusals(ofDocuments: documents)) {
      #expect(refusal == nil, "\(one.arguments)")
    }
  }

  /// What is read and written again is the same document.
  private func expectRead<D: Document>(_ bytes: Data, as type: D.Type) throws {
    let document = try D(json: bytes)
    #expect(try D(json: try document.json()) == document)
  }

  @Test("every document is printed or written by a command here")
  func coverage() {
    let covered = Set(Self.cases.map { $0.document.schema })
    let missing = DocumentTypes.all.map { $0.schema }.filter { !covered.contains($0) }
    #expect(missing.isEmpty, "\(missing)")
  }
}
