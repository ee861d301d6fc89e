// swift-tools-version:6.2
import PackageDescription

/// The folders of `Sources`, which `Tests` mirrors; `Sources/README.md` says what is in which.
enum Area: String {
  case core = "Core"
  case hardware = "Hardware"
  case networks = "Networks"
  case search = "Search"
  case accuracy = "Accuracy"
  case presentation = "Presentation"
  case programs = "Programs"
  case plugins = "Plugins"
  /// Of tests alone: what a hostile plugin tries.
  case attacks = "Attacks"
}

/// Every Swift target: warnings are errors, and imports name what they use.
let swiftSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Optimized code takes three to six times as long to build. These targets run for moments, and their loops are elsewhere:
/// documents and their text, checks of plugins, small programs, tests. Their code is twice as large.
/// Fuzzers try more inputs with optimized code.
let unoptimized =
  swiftSettings
  + (Context.environment["HAQ_FUZZ"] == nil
    ? [.unsafeFlags(["-Onone"], .when(configuration: .release))] : [])

let cSettings: [CSetting] = [.treatAllWarnings(as: .error)]

/// A module at `Sources/<area>/<name>`.
func module(
  _ area: Area, _ name: String, uses dependencies: [Target.Dependency] = [], exclude: [String] = [],
  resources: [Resource]? = nil, settings: [SwiftSetting] = swiftSettings
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(area.rawValue)/\(name)", exclude: exclude,
    resources: resources, swiftSettings: settings)
}

/// A program at `Sources/Programs/<name>`.
func program(
  _ name: String, uses dependencies: [Target.Dependency], settings: [SwiftSetting] = unoptimized
) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Sources/Programs/\(name)", swiftSettings: settings)
}

/// C of ours at `Sources/C/<name>`.
func shim(_ name: String, uses dependencies: [Target.Dependency] = [], links libraries: [String] = [])
  -> Target
{
  .target(
    name: name, dependencies: dependencies, path: "Sources/C/\(name)", cSettings: cSettings,
    cxxSettings: [.treatAllWarnings(as: .error)],
    linkerSettings: libraries.map { .linkedLibrary($0) })
}

/// A library of the system, whose module map is at `Sources/C/<name>`.
func system(_ name: String, package debian: String, pkgConfig: String? = nil) -> Target {
  .systemLibrary(name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([debian])])
}

/// An accelerator plugin in C at `Plugins/<name>`.
func plugin(_ name: String, uses dependencies: [Target.Dependency] = ["PluginSupport"]) -> Target {
  .target(
    name: name, dependencies: ["CHAQPlugin"] + dependencies, path: "Plugins/\(name)",
    exclude: ["README.md"], publicHeadersPath: ".", cSettings: cSettings)
}

/// The tests at `Tests/<area>/<name>`.
func tests(
  _ area: Area, _ name: String, uses dependencies: [Target.Dependency], exclude: [String] = [],
  resources: [Resource]? = nil
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(area.rawValue)/\(name)", exclude: exclude,
    resources: resources, swiftSettings: unoptimized)
}

/// What several test targets share, at `Tests/<path>`.
func testing(
  _ name: String, at path: String, uses dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Tests/\(path)", exclude: exclude,
    swiftSettings: unoptimized)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let core: [Target] = [
  module(.core, "Arrays"),
  module(.core, "Core", uses: ["NumberFormats"]),
  module(.core, "Diagnostics", uses: ["SystemLimits"]),
  // Programs that are spoken with line by line.
  module(.core, "Conversations", uses: ["Diagnostics", "SystemLimits"]),
  module(.core, "Hashing", uses: ["CCrypto"]),
  module(.core, "NumberFormats"),
  module(.core, "RandomNumbers"),
  // Without Foundation, since the sandbox has it too.
  module(.core, "SystemLimits"),
  // Where evaluators and cost programs run: here, or on the machines of a cluster.
  module(.core, "WorkerLaunchers", uses: ["Conversations", "Diagnostics"]),
]

let hardware: [Target] = [
  .target(name: "CHAQPlugin", path: "Sources/Hardware/CHAQPlugin", cSettings: cSettings),
  module(
    .hardware, "Specs",
    uses: [
      "Core", "Diagnostics", "Hashing", "NumberFormats", "WorkerLaunchers",
      .product(name: "Yams", package: "Yams"),
    ]),
  // Reads the headers and tables of shared libraries, which may say anything.
  module(.hardware, "ELFFiles"),
  module(.hardware, "CostTables", uses: ["Arrays", "Core", "Diagnostics", "Specs"]),
  module(.hardware, "PluginLoading", uses: ["CHAQPlugin", "CPlatform", "Core", "NumberFormats"]),
  module(.hardware, "ForeignFunctions", uses: ["CForeignCall", "Core", "PluginLoading"]),
  module(
    .hardware, "Isolation",
    uses: ["CConfinement", "CPlatform", "Core", "PluginLoading", "ForeignFunctions", "SystemLimits"]),
  // Targets that are programs of the user's.
  module(.hardware, "CostPrograms", uses: ["Conversations", "Core", "Hashing", "WorkerLaunchers"]),
  // Latencies of layers that nobody measured.
  module(
    .hardware, "Predictors",
    uses: [
      "CNLopt", "COpenBLAS", "Core", "CostTables", "Diagnostics", "Hashing", "RandomNumbers", "Specs",
    ]),
  module(
    .hardware, "Targets",
    uses: [
      "Core", "CostPrograms", "Diagnostics", "ELFFiles", "Hashing", "Specs", "CostTables", "PluginLoading",
      "Predictors", "Isolation", "WorkerLaunchers",
    ]),
  // Runs of many questions to a cost program, and the tables that come of them.
  module(
    .hardware, "Measuring", uses: ["Core", "CostPrograms", "CostTables", "Predictors", "RandomNumbers"],
    settings: unoptimized),
  // Profiles of other programs, as cost tables.
  module(.hardware, "Profiles", uses: ["Core", "CostTables", "Diagnostics"], settings: unoptimized),
  module(
    .hardware, "Conformance",
    uses: [
      "Conversations", "Core", "CostPrograms", "CostTables", "Diagnostics", "ELFFiles", "Specs",
      "PluginLoading", "Predictors", "Isolation", "Targets",
    ], settings: unoptimized),
  module(
    .hardware, "ConformanceProbes",
    uses: ["CHAQPlugin", "CPlatform", "Core", "PluginLoading", "Isolation", "RandomNumbers"],
    settings: unoptimized),
  module(
    .hardware, "Validation", uses: ["Core", "Diagnostics", "Hashing", "Specs", "CostTables", "Targets"],
    settings: unoptimized),
  module(
    .hardware, "Calibration",
    uses: [
      "CNLopt", "COpenBLAS", "Core", "Diagnostics", "Hashing", "Specs", "CostTables", "Targets", "Validation",
      "RandomNumbers",
    ]),
  // New targets to start from; two templates, the header and the helpers of programs are links to what they are copies of.
  module(
    .hardware, "Scaffolding", uses: ["Core"],
    resources: [
      "function.c", "function.cpp", "function.swift", "function.rs", "function.json",
      "plugin.c", "plugin.cpp", "plugin.swift", "plugin.rs", "plugin.json", "roofline.json", "table.json",
      "program.json", "program.py", "program.swift", "haq_costs.py", "HaqCosts.swift", "haq_plugin.h",
    ].map { .embedInCode("Templates/\($0)") }, settings: unoptimized),
]

let plugins: [Target] = [
  .target(
    name: "PluginSupport", dependencies: ["CHAQPlugin"], path: "Plugins/support", cSettings: cSettings),
  plugin("minimal", uses: []),
  plugin("bismo"),
  plugin("bitfusion"),
  plugin("roofline"),
  plugin("pipeline"),
]

let networks: [Target] = [
  module(.networks, "Networks", uses: ["Core", "DataRequests", "NumberFormats"]),
  module(
    .networks, "ONNX",
    uses: [
      "Core", "Diagnostics", "DataRequests", "Networks", "NumberFormats",
      .product(name: "SwiftProtobuf", package: "swift-protobuf"),
    ],
    exclude: ["File/onnx.proto"], resources: [.copy("Resources")]),
  module(
    .networks, "Exporting", uses: ["Core", "Networks", "NumberFormats", "ONNX", "Evaluation"]),
]

let search: [Target] = [
  module(.search, "Agents", uses: ["COpenBLAS", "CElementwise", "RandomNumbers"]),
  module(.search, "IntegerPrograms", uses: ["CCbc"]),
  module(
    .search, "PrecisionSearch",
    uses: [
      "Core", "Diagnostics", "Agents", "Evaluation", "IntegerPrograms", "RandomNumbers", "SystemLimits",
    ]),
  // The C interface of SQLite, as values and errors.
  module(.search, "SQLite", uses: ["CSQLite"]),
  module(
    .search, "Studies",
    uses: [
      "Core", "Diagnostics", "Evaluation", "Hashing", "PrecisionSearch", "SQLite", "SystemLimits",
      "WorkerLaunchers",
    ]),
  module(
    .search, "SearchRuns",
    uses: [
      "Core", "Diagnostics", "Hashing", "Specs", "Networks", "DataRequests", "Evaluation", "Agents",
      "PrecisionSearch", "Studies", "SystemLimits", "Rendering", "Documents",
    ]),
]

/// Nothing but haq-evaluator links Tensors, and with it libtorch.
let accuracy: [Target] = [
  module(.accuracy, "DataRequests"),
  module(
    .accuracy, "Evaluation",
    uses: ["Conversations", "Core", "Diagnostics", "SystemLimits", "WorkerLaunchers"]),
  module(
    .accuracy, "EvaluatorArguments",
    uses: ["Core", "DataRequests", "Evaluation", "Networks", "Quantization", argumentParser]),
  module(.accuracy, "Quantization", uses: ["COpenBLAS", "Core", "NumberFormats", "RandomNumbers"]),
  module(
    .accuracy, "Datasets",
    uses: ["Arrays", "CZlib", "CZip", "CImageDecoding", "DataRequests", "RandomNumbers"]),
  module(.accuracy, "Tensors", uses: ["CTorch", "NumberFormats"]),
  module(
    .accuracy, "Training",
    uses: [
      "CTorch", "Core", "Networks", "NumberFormats", "RandomNumbers", "Evaluation", "Tensors", "Datasets",
      "Quantization",
    ]),
]

let presentation: [Target] = [
  module(.presentation, "Rendering", uses: ["Core"], settings: unoptimized),
  // What the commands print and write: a type for every JSON document, its text and its pages.
  module(
    .presentation, "Documents",
    uses: [
      "Core", "CostPrograms", "Diagnostics", "Isolation", "Specs", "CostTables", "Targets", "Conformance",
      "Measuring", "Predictors", "Profiles", "Validation", "Calibration", "Networks", "DataRequests",
      "Exporting", "Quantization", "Evaluation",
      "PrecisionSearch",
      "Studies",
      "Rendering",
    ], settings: unoptimized),
  // What a command writes while it works: messages, progress, the log of its workers.
  module(
    .presentation, "Terminal",
    uses: [
      "Core", "CostPrograms", "Diagnostics", "Evaluation", "Measuring", "PrecisionSearch", "Rendering",
      "SearchRuns", "WorkerLaunchers",
    ]),
  // What `haq dashboard` and the program that it starts share.
  module(.presentation, "DashboardArguments", uses: [argumentParser]),
]

/// The program `haq-dashboard`. `make demo` sets HAQ_DASHBOARD=no, and so does not fetch the packages of its web server.
let hasDashboard = Context.environment["HAQ_DASHBOARD"] != "no"

let dashboard: [Target] = [
  module(
    .presentation, "Dashboard",
    uses: [
      "Core", "SystemLimits",
      .product(name: "Hummingbird", package: "hummingbird"),
      .product(name: "HummingbirdCore", package: "hummingbird"),
      .product(name: "HTTPTypes", package: "swift-http-types"),
      .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOPosix", package: "swift-nio"),
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    ],
    resources: [.embedInCode("Page/dashboard.js"), .embedInCode("Page/dashboard.css")]),
  program(
    "haq-dashboard",
    uses: [
      "Core", "Dashboard", "DashboardArguments", "Diagnostics", "Documents", "Studies", argumentParser,
    ]),
  tests(
    .presentation, "DashboardTests",
    uses: ["haq", "haq-dashboard", "FixtureBuilding", "StudyBuilding"]),
]

let dashboardPackages: [Package.Dependency] = [
  .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
  .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
  .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
]

let c: [Target] = [
  shim("CPlatform"),
  shim("CConfinement"),
  shim("CForeignCall", uses: ["CLibFFI"]),
  shim("CElementwise"),
  shim("CTorch", links: ["torch_cpu", "c10"]),
  shim("CImageDecoding", links: ["turbojpeg", "png", "webp", "tiff"]),
  system("CCrypto", package: "libssl-dev", pkgConfig: "libcrypto"),
  system("CLibFFI", package: "libffi-dev", pkgConfig: "libffi"),
  system("CNLopt", package: "libnlopt-dev"),
  system("COpenBLAS", package: "libopenblas-openmp-dev", pkgConfig: "openblas"),
  system("CCbc", package: "coinor-libcbc-dev"),
  system("CZlib", package: "zlib1g-dev"),
  system("CZip", package: "libzip-dev", pkgConfig: "libzip"),
  system("CSQLite", package: "libsqlite3-dev", pkgConfig: "sqlite3"),
]

let programs: [Target] = [
  program(
    "haq",
    uses: [
      "Core", "CostPrograms", "Diagnostics", "Specs", "Networks", "ONNX", "Targets", "Conformance", "Agents",
      "Evaluation", "PrecisionSearch", "Studies", "SearchRuns", "Quantization", "Rendering", "Scaffolding",
      "CostTables", "Measuring", "Predictors", "Profiles", "Validation", "Calibration",
      "EvaluatorArguments", "DataRequests", "Exporting",
      "DashboardArguments", "Documents", "Hashing", "SystemLimits", "Terminal", "WorkerLaunchers",
      argumentParser,
    ]),
  program("haq-sandbox", uses: ["Isolation", "ConformanceProbes"]),
  program(
    "haq-evaluator",
    uses: [
      "Conversations", "Core", "Diagnostics", "Exporting", "Networks", "ONNX", "Evaluation", "Tensors",
      "Datasets", "Quantization", "SystemLimits", "Training", "EvaluatorArguments", argumentParser,
    ]),
  program(
    "haq-bench",
    uses: [
      "Core", "CostPrograms", "CostTables", "Diagnostics", "Predictors", "Specs", "Networks", "ONNX",
      "PluginLoading", "ForeignFunctions", "Isolation", "Scaffolding", "Targets", "Agents", "Evaluation",
      "PrecisionSearch", "Quantization", "RandomNumbers",
      "SearchRuns", "Studies", "StudyBuilding", "Documents", "Rendering", argumentParser,
    ], settings: swiftSettings),
]

let coreTests: [Target] = [
  tests(.core, "ArraysTests", uses: ["Arrays"]),
  tests(.core, "ConversationsTests", uses: ["Conversations"]),
  tests(.core, "CoreTests", uses: ["Core", "NumberFormats"]),
  tests(.core, "DiagnosticsTests", uses: ["Diagnostics"]),
  tests(.core, "HashingTests", uses: ["Hashing"]),
  tests(
    .core, "NumberFormatsTests", uses: ["NumberFormats", "FixtureBuilding", "RandomNumbers"],
    exclude: ["Reference"]),
  tests(.core, "RandomNumbersTests", uses: ["RandomNumbers"]),
  tests(.core, "SystemLimitsTests", uses: ["SystemLimits"]),
  tests(.core, "WorkerLaunchersTests", uses: ["WorkerLaunchers", "Diagnostics", "FixtureBuilding"]),
]

let hardwareTests: [Target] = [
  tests(.hardware, "CHAQPluginTests", uses: ["FixtureBuilding"]),
  tests(
    .hardware, "SpecsTests",
    uses: ["Specs", "Core", "Diagnostics", "FixtureBuilding", "SchemaValidation", "WorkerLaunchers"]),
  tests(
    .hardware, "ELFFilesTests",
    uses: ["ELFFiles", "FixtureBuilding", "RandomNumbers"]),
  tests(
    .hardware, "CostTablesTests",
    uses: ["CostTables", "Specs", "Core", "Diagnostics", "Networks", "FixtureBuilding"]),
  tests(
    .hardware, "PluginLoadingTests",
    uses: ["CHAQPlugin", "FixtureBuilding", "PluginLoading", "Core", "NumberFormats"]),
  tests(
    .hardware, "PredictorsTests",
    uses: ["Predictors", "Core", "CostTables", "Diagnostics", "FixtureBuilding", "RandomNumbers", "Specs"],
    exclude: ["Reference"]),
  tests(
    .hardware, "ForeignFunctionsTests",
    uses: ["FixtureBuilding", "ForeignFunctions", "PluginLoading", "Core"]),
  tests(
    .hardware, "IsolationTests",
    uses: [
      "FixtureBuilding", "Core", "Isolation", "PluginLoading", "RandomNumbers", "haq-sandbox",
    ]),
  tests(
    .hardware, "CostProgramsTests",
    uses: ["CostPrograms", "Conversations", "Core", "FixtureBuilding", "Specs", "Targets", "WorkerLaunchers"]),
  tests(
    .hardware, "MeasuringTests",
    uses: [
      "Measuring", "CostPrograms", "CostTables", "Core", "FixtureBuilding", "Specs", "Targets",
      "WorkerLaunchers",
    ]),
  tests(
    .hardware, "ProfilesTests",
    uses: ["Profiles", "CostTables", "Core", "Diagnostics", "FixtureBuilding", "Networks", "ONNX"],
    exclude: ["Files"]),
  tests(
    .hardware, "TargetsTests",
    uses: [
      "FixtureBuilding", "Targets", "Specs", "Core", "Diagnostics", "Hashing", "PluginLoading", "haq-sandbox",
    ]),
  tests(
    .hardware, "ConformanceTests", uses: ["FixtureBuilding", "Conformance", "Core", "Targets", "haq-sandbox"]),
  tests(
    .hardware, "ConformanceProbesTests",
    uses: ["ConformanceProbes", "FixtureBuilding", "Isolation", "PluginLoading", "Core"]),
  tests(.hardware, "ScaffoldingTests", uses: ["Scaffolding", "Core", "FixtureBuilding"]),
  tests(
    .hardware, "ValidationTests",
    uses: ["FixtureBuilding", "Validation", "CostTables", "Targets", "Core", "Diagnostics", "RandomNumbers"]),
  tests(
    .hardware, "CalibrationTests",
    uses: [
      "FixtureBuilding", "Calibration", "CostTables", "Targets", "Validation", "Core", "RandomNumbers",
      "haq-sandbox",
    ]),
]

let pluginTests: [Target] = [
  testing(
    "PluginDesigns", at: "Plugins/PluginDesigns", uses: ["FixtureBuilding", "PluginLoading", "Core"]),
  tests(
    .plugins, "BISMOTests",
    uses: [
      "FixtureBuilding", "PluginDesigns", "PluginLoading", "Core", "Networks", "RandomNumbers",
      "Hashing",
    ]),
  tests(
    .plugins, "BitFusionTests",
    uses: [
      "FixtureBuilding", "PluginDesigns", "PluginLoading", "Core", "Networks", "RandomNumbers",
    ]),
  tests(.plugins, "RooflineTests", uses: ["PluginDesigns", "PluginLoading", "Core", "NumberFormats"]),
  tests(
    .plugins, "PipelineTests",
    uses: [
      "FixtureBuilding", "PluginDesigns", "PluginLoading", "Core", "Specs", "Targets",
      "haq-sandbox",
    ]),
]

let networkTests: [Target] = [
  tests(.networks, "NetworksTests", uses: ["Networks", "Core"]),
  tests(
    .networks, "ONNXTests",
    uses: [
      "FixtureBuilding", "ONNX", "Networks", "DataRequests", "Core", "Diagnostics", "RandomNumbers", "haq",
    ]),
  tests(
    .networks, "ExportingTests",
    uses: ["Exporting", "Evaluation", "Core", "Networks", "NumberFormats", "ONNX"]),
  tests(
    .networks, "InteroperabilityTests",
    uses: [
      "FixtureBuilding", "Core", "Networks", "ONNX", "Tensors", "Training", "Datasets", "Evaluation",
      "Documents", "haq", "haq-evaluator",
    ],
    exclude: ["Python", "Exports", "Exporters", "Wheels"]),
]

let searchTests: [Target] = [
  tests(.search, "AgentsTests", uses: ["Agents", "RandomNumbers"]),
  tests(.search, "IntegerProgramsTests", uses: ["IntegerPrograms", "RandomNumbers"]),
  tests(
    .search, "PrecisionSearchTests",
    uses: [
      "Conversations", "Core", "Agents", "Evaluation", "PrecisionSearch", "Predictors", "RandomNumbers",
    ]),
  tests(.search, "SQLiteTests", uses: ["FixtureBuilding", "SQLite"]),
  tests(
    .search, "StudiesTests",
    uses: [
      "FixtureBuilding", "Core", "Evaluation", "PrecisionSearch", "RandomNumbers", "SQLite", "Studies",
      "WorkerLaunchers",
    ],
    resources: [.copy("Fixtures/schema-1.sql")]),
  tests(
    .search, "SearchRunsTests",
    uses: [
      "FixtureBuilding", "Core", "Diagnostics", "Evaluation", "PrecisionSearch", "Studies", "Documents",
      "SearchRuns", "Specs",
    ]),
]

let accuracyTests: [Target] = [
  tests(.accuracy, "DataRequestsTests", uses: ["DataRequests"]),
  tests(
    .accuracy, "EvaluatorArgumentsTests",
    uses: [
      "EvaluatorArguments", "Core", "DataRequests", "Evaluation", "Networks", "Quantization", argumentParser,
    ]),
  tests(
    .accuracy, "EvaluationTests",
    uses: [
      "Conversations", "Evaluation", "Core", "Networks", "ONNX", "Diagnostics", "FixtureBuilding",
      "WorkerLaunchers", "haq-evaluator",
    ]),
  tests(.accuracy, "QuantizationTests", uses: ["Quantization", "Core", "RandomNumbers"]),
  tests(
    .accuracy, "DatasetsTests",
    uses: ["Arrays", "Datasets", "DataRequests", "FixtureBuilding", "RandomNumbers", "haq-evaluator"]),
  tests(
    .accuracy, "TensorsTests",
    uses: ["Tensors", "Quantization", "Core", "NumberFormats", "RandomNumbers"]),
  tests(
    .accuracy, "TrainingTests",
    uses: [
      "Training", "Networks", "NumberFormats", "RandomNumbers", "Evaluation", "Tensors", "Datasets",
      "Quantization", "Core",
    ]),
]

let presentationTests: [Target] = [
  tests(.presentation, "DashboardArgumentsTests", uses: ["DashboardArguments", argumentParser]),
  tests(.presentation, "RenderingTests", uses: ["Rendering", "Core"]),
  tests(
    .presentation, "TerminalTests", uses: ["Terminal", "Evaluation", "FixtureBuilding", "WorkerLaunchers"]),
  testing(
    "StudyBuilding", at: "Support/StudyBuilding",
    uses: ["Core", "Evaluation", "PrecisionSearch", "RandomNumbers", "Studies"]),
  tests(
    .presentation, "DocumentsTests",
    uses: [
      "Documents", "Core", "Diagnostics", "Evaluation", "PrecisionSearch", "Studies", "Rendering",
      "Validation",
      "FixtureBuilding", "SchemaValidation", "StudyBuilding", "WorkerLaunchers",
    ],
    exclude: ["Samples"], resources: [.copy("Fixtures/report-before-schema.json")]),
]

let programTests: [Target] = [
  tests(
    .programs, "CommandTests",
    uses: [
      "haq", "haq-sandbox", "haq-evaluator", "FixtureBuilding", "SchemaValidation", "Core", "Networks",
      "ONNX", "DataRequests", "RandomNumbers", "Documents", "Evaluation", "Measuring", "SearchRuns",
      "Validation",
    ],
    exclude: ["Examples/exceptions.txt", "Examples/pictures.py", "Examples/prepare"])
]

/// A program that stands for haq loads a plugin of attacks, as an ordinary user and as root.
let attackTests: [Target] = [
  .executableTarget(
    name: "attack-victim", dependencies: ["CPlatform", "Core", "Isolation", "PluginLoading"],
    path: "Tests/Attacks/Victim",
    swiftSettings: swiftSettings),
  tests(
    .attacks, "SandboxAttackTests", uses: ["FixtureBuilding", "Isolation", "attack-victim", "haq-sandbox"]),
]

/// What fuzzing looks for. The tests try it on the corpora; the fuzzers themselves are made by `make fuzz` alone.
let fuzzing: [Target] = [
  testing(
    "FuzzProperties", at: "Fuzzing/Properties",
    uses: [
      "Specs", "Diagnostics", "Isolation", "Networks", "ONNX", "Core", "Documents", "Evaluation",
      "PrecisionSearch", "SQLite", "Studies", "StudyBuilding", "Arrays", "Datasets", "DataRequests",
    ]),
  .testTarget(
    name: "FuzzingTests", dependencies: ["FuzzProperties", "FixtureBuilding", "RandomNumbers"],
    path: "Tests/Fuzzing/FuzzingTests", swiftSettings: swiftSettings),
]

let fuzzers: [Target] =
  [.target(name: "CFuzzer", path: "Tests/Fuzzing/CFuzzer", cSettings: cSettings)]
  + ["FuzzSpecs", "FuzzFrames", "FuzzNetworks", "FuzzStudies", "FuzzArrays"].map { name in
    .executableTarget(
      name: name, dependencies: ["CFuzzer", "FuzzProperties"], path: "Tests/Fuzzing/\(name)",
      swiftSettings: swiftSettings,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
  }

let package = Package(
  name: "haq",
  products: (["haq", "haq-sandbox", "haq-evaluator", "haq-bench"] + (hasDashboard ? ["haq-dashboard"] : []))
    .map { .executable(name: $0, targets: [$0]) }
    + ["minimal", "bismo", "bitfusion", "roofline", "pipeline"].map {
      .library(name: $0, type: .dynamic, targets: [$0])
    },
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ] + (hasDashboard ? dashboardPackages : []),
  targets: core + hardware + plugins + networks + search + accuracy + presentation + c + programs
    + coreTests + hardwareTests + pluginTests + networkTests + searchTests + accuracyTests
    + presentationTests + programTests + attackTests + fuzzing + (hasDashboard ? dashboard : [])
    + [
      testing("FixtureBuilding", at: "Support/FixtureBuilding"),
      testing(
        "SchemaValidation", at: "Support/SchemaValidation", uses: ["FixtureBuilding"], exclude: ["Python"]),
    ]
    + (Context.environment["HAQ_FUZZ"] == nil ? [] : fuzzers),
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
