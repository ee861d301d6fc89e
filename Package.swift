// swift-tools-version:6.2
import PackageDescription

/// Every target of ours: warnings are errors, and imports name what they use.
let swiftSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let cSettings: [CSetting] = [.treatAllWarnings(as: .error)]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let package = Package(
  name: "haq",
  products: [
    .executable(name: "haq", targets: ["haq"]),
    .executable(name: "haq-sandbox", targets: ["haq-sandbox"]),
    .executable(name: "haq-evaluator", targets: ["haq-evaluator"]),
    .executable(name: "haq-bench", targets: ["haq-bench"]),
    .library(name: "minimal", type: .dynamic, targets: ["minimal"]),
    .library(name: "bismo", type: .dynamic, targets: ["bismo"]),
    .library(name: "bitfusion", type: .dynamic, targets: ["bitfusion"]),
    .library(name: "roofline", type: .dynamic, targets: ["roofline"]),
    .library(name: "pipeline", type: .dynamic, targets: ["pipeline"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // Describing hardware and networks.
    .target(name: "CHAQPlugin", cSettings: cSettings),
    .target(name: "HardwareModel", swiftSettings: swiftSettings),
    .target(name: "Diagnostics", swiftSettings: swiftSettings),
    .target(
      name: "SpecLanguage",
      dependencies: [
        "HardwareModel", "Diagnostics", "Quantization", crypto, .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "Networks",
      dependencies: [
        "HardwareModel", "Diagnostics", "DataRequests",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["ONNX/File/onnx.proto"], resources: [.copy("Resources")], swiftSettings: swiftSettings),

    // Asking hardware models.
    .target(name: "CPlatform", cSettings: cSettings),
    .target(
      name: "CostTables", dependencies: ["HardwareModel", "Diagnostics", "SpecLanguage"],
      swiftSettings: swiftSettings),
    .target(
      name: "PluginLoading", dependencies: ["CHAQPlugin", "CPlatform", "HardwareModel"],
      swiftSettings: swiftSettings),
    .systemLibrary(name: "CLibFFI", pkgConfig: "libffi", providers: [.apt(["libffi-dev"])]),
    .target(name: "CForeignCall", dependencies: ["CLibFFI"], cSettings: cSettings),
    .target(
      name: "ForeignFunctions", dependencies: ["CForeignCall", "HardwareModel", "PluginLoading"],
      swiftSettings: swiftSettings),
    .target(
      name: "Isolation", dependencies: ["CPlatform", "HardwareModel", "PluginLoading", "ForeignFunctions"],
      swiftSettings: swiftSettings),
    .target(
      name: "ConformanceProbes",
      dependencies: [
        "CHAQPlugin", "CPlatform", "HardwareModel", "PluginLoading", "Isolation", "RandomNumbers",
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "Conformance",
      dependencies: [
        "HardwareModel", "Diagnostics", "SpecLanguage", "PluginLoading", "Isolation", "Targets",
      ], swiftSettings: swiftSettings),
    .target(
      name: "Targets",
      dependencies: [
        "HardwareModel", "Diagnostics", "SpecLanguage", "CostTables", "PluginLoading", "Isolation",
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "PluginSupport", dependencies: ["CHAQPlugin"], path: "Plugins/support", cSettings: cSettings),
    .target(
      name: "minimal", dependencies: ["CHAQPlugin"], path: "Plugins/minimal",
      exclude: ["README.md"], publicHeadersPath: ".", cSettings: cSettings),
    .target(
      name: "bismo", dependencies: ["CHAQPlugin", "PluginSupport"], path: "Plugins/bismo",
      exclude: ["README.md"], publicHeadersPath: ".", cSettings: cSettings),
    .target(
      name: "bitfusion", dependencies: ["CHAQPlugin", "PluginSupport"], path: "Plugins/bitfusion",
      exclude: ["README.md"], publicHeadersPath: ".", cSettings: cSettings),
    .target(
      name: "roofline", dependencies: ["CHAQPlugin", "PluginSupport"], path: "Plugins/roofline",
      exclude: ["README.md"], publicHeadersPath: ".", cSettings: cSettings),
    .target(
      name: "pipeline", dependencies: ["CHAQPlugin", "PluginSupport"], path: "Plugins/pipeline",
      exclude: ["README.md"], publicHeadersPath: ".", cSettings: cSettings),

    // Comparing them with measurements.
    .target(
      name: "Validation", dependencies: ["HardwareModel", "Diagnostics", "CostTables"],
      swiftSettings: swiftSettings),
    .systemLibrary(name: "CNLopt", providers: [.apt(["libnlopt-dev"])]),
    .target(
      name: "Calibration", dependencies: ["CNLopt", "COpenBLAS", "HardwareModel", "RandomNumbers"],
      swiftSettings: swiftSettings),
    // New targets to start from; two templates and the header are links to what they are copies of.
    .target(
      name: "Scaffolding", dependencies: ["HardwareModel"],
      resources: [
        .embedInCode("Templates/function.c"),
        .embedInCode("Templates/function.cpp"),
        .embedInCode("Templates/function.swift"),
        .embedInCode("Templates/function.rs"),
        .embedInCode("Templates/function.json"),
        .embedInCode("Templates/plugin.c"),
        .embedInCode("Templates/plugin.cpp"),
        .embedInCode("Templates/plugin.swift"),
        .embedInCode("Templates/plugin.rs"),
        .embedInCode("Templates/plugin.json"),
        .embedInCode("Templates/table.json"),
        .embedInCode("Templates/haq_plugin.h"),
      ], swiftSettings: swiftSettings),

    // Searching.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-openmp-dev"])]),
    .target(name: "RandomNumbers", swiftSettings: swiftSettings),
    .target(name: "CElementwise", cSettings: cSettings),
    .target(
      name: "Agents", dependencies: ["COpenBLAS", "CElementwise", "RandomNumbers"],
      swiftSettings: swiftSettings),
    .systemLibrary(name: "CCbc", providers: [.apt(["coinor-libcbc-dev"])]),
    .target(name: "IntegerPrograms", dependencies: ["CCbc"], swiftSettings: swiftSettings),
    .target(
      name: "Evaluation", dependencies: ["HardwareModel", "Diagnostics"], swiftSettings: swiftSettings),
    .target(
      name: "PrecisionSearch",
      dependencies: ["HardwareModel", "Agents", "Evaluation", "IntegerPrograms", "RandomNumbers"],
      swiftSettings: swiftSettings),
    .target(
      name: "Studies",
      dependencies: [
        "HardwareModel", "Diagnostics", "Evaluation", "PrecisionSearch",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: swiftSettings),
    .target(name: "Reports", dependencies: ["HardwareModel"], swiftSettings: swiftSettings),
    .target(
      name: "Dashboard",
      dependencies: [
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [.embedInCode("Page/dashboard.js"), .embedInCode("Page/dashboard.css")],
      swiftSettings: swiftSettings),

    // Handing results on.
    .target(
      name: "Exporting", dependencies: ["HardwareModel", "Networks", "Evaluation"],
      swiftSettings: swiftSettings),

    // Measuring accuracy; nothing else links libtorch.
    .target(
      name: "CTorch", cxxSettings: [.treatAllWarnings(as: .error)],
      linkerSettings: [.linkedLibrary("torch_cpu"), .linkedLibrary("c10")]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Tensors", dependencies: ["CTorch"], swiftSettings: swiftSettings),
    .target(
      name: "CImageDecoding", cSettings: cSettings,
      linkerSettings: [.linkedLibrary("turbojpeg"), .linkedLibrary("png"), .linkedLibrary("webp")]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .target(name: "DataRequests", swiftSettings: swiftSettings),
    .target(
      name: "Datasets", dependencies: ["CZlib", "CZip", "CImageDecoding", "DataRequests", "RandomNumbers"],
      swiftSettings: swiftSettings),
    .target(
      name: "EvaluatorArguments",
      dependencies: ["DataRequests", "Networks", "Quantization", argumentParser],
      swiftSettings: swiftSettings),
    .target(
      name: "Quantization", dependencies: ["HardwareModel", "RandomNumbers"], swiftSettings: swiftSettings),
    .target(
      name: "Training",
      dependencies: [
        "CTorch", "HardwareModel", "Networks", "RandomNumbers", "Evaluation", "Tensors", "Datasets",
        "Quantization",
      ], swiftSettings: swiftSettings),

    // Programs.
    .executableTarget(
      name: "haq",
      dependencies: [
        "HardwareModel", "Diagnostics", "SpecLanguage", "Networks", "Targets", "Conformance", "Agents",
        "Evaluation", "PrecisionSearch", "Studies", "Quantization", "Reports", "Scaffolding", "CostTables",
        "Validation", "Calibration", "EvaluatorArguments", "DataRequests", "Exporting", "Dashboard", crypto,
        argumentParser,
      ], swiftSettings: swiftSettings),
    .executableTarget(
      name: "haq-sandbox", dependencies: ["Isolation", "ConformanceProbes"],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "haq-evaluator",
      dependencies: [
        "HardwareModel", "Diagnostics", "Networks", "Evaluation", "Tensors", "Datasets", "Quantization",
        "Training", "EvaluatorArguments",
        argumentParser,
      ], swiftSettings: swiftSettings),
    .executableTarget(
      name: "haq-bench",
      dependencies: [
        "HardwareModel", "Diagnostics", "SpecLanguage", "Networks", "PluginLoading", "ForeignFunctions",
        "Isolation", "Targets", "Agents",
        "Evaluation", "PrecisionSearch", "Quantization", "Studies", "Reports", argumentParser,
      ], swiftSettings: swiftSettings),

    // Tests, one target per module.
    .target(name: "FixtureBuilding", path: "Tests/FixtureBuilding", swiftSettings: swiftSettings),
    .testTarget(
      name: "CHAQPluginTests", dependencies: ["FixtureBuilding"], swiftSettings: swiftSettings),
    .testTarget(
      name: "SpecLanguageTests",
      dependencies: ["Quantization", "SpecLanguage", "HardwareModel", "Diagnostics", "FixtureBuilding"],
      exclude: ["Python"], swiftSettings: swiftSettings),
    .testTarget(
      name: "CostTablesTests",
      dependencies: ["CostTables", "SpecLanguage", "HardwareModel", "Diagnostics", "Networks"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "NetworksTests",
      dependencies: ["Networks", "DataRequests", "HardwareModel", "Diagnostics", "RandomNumbers"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "InteroperabilityTests",
      dependencies: [
        "FixtureBuilding", "HardwareModel", "Networks", "Tensors", "Training", "Datasets", "Evaluation",
        "haq",
        "haq-evaluator",
      ],
      exclude: ["Python", "Exports", "Exporters"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ExportingTests", dependencies: ["Exporting", "Evaluation", "HardwareModel", "Networks"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "PluginLoadingTests", dependencies: ["FixtureBuilding", "PluginLoading", "HardwareModel"],
      swiftSettings: swiftSettings),
    .target(
      name: "PluginDesigns", dependencies: ["FixtureBuilding", "PluginLoading", "HardwareModel"],
      path: "Tests/PluginDesigns", swiftSettings: swiftSettings),
    .testTarget(
      name: "BitFusionTests",
      dependencies: [
        "FixtureBuilding", "PluginDesigns", "PluginLoading", "HardwareModel", "Networks", "RandomNumbers",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ConformanceTests",
      dependencies: ["FixtureBuilding", "Conformance", "Targets", "haq-sandbox"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "IsolationTests",
      dependencies: [
        "FixtureBuilding", "HardwareModel", "Isolation", "PluginLoading", "RandomNumbers", "haq-sandbox",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "RooflineTests", dependencies: ["PluginDesigns", "PluginLoading", "HardwareModel"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "PipelineTests",
      dependencies: [
        "FixtureBuilding", "PluginDesigns", "PluginLoading", "HardwareModel", "SpecLanguage",
        "Targets", "haq-sandbox",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "BISMOTests",
      dependencies: [
        "FixtureBuilding", "PluginDesigns", "PluginLoading", "HardwareModel", "Networks", "RandomNumbers",
        crypto,
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ForeignFunctionsTests",
      dependencies: ["FixtureBuilding", "ForeignFunctions", "PluginLoading", "HardwareModel"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "TargetsTests",
      dependencies: [
        "FixtureBuilding", "Targets", "SpecLanguage", "HardwareModel", "Diagnostics", "haq-sandbox",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ValidationTests",
      dependencies: ["Validation", "CostTables", "HardwareModel", "Diagnostics", "RandomNumbers"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "CalibrationTests", dependencies: ["Calibration", "HardwareModel", "RandomNumbers"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "RandomNumbersTests", dependencies: ["RandomNumbers"], swiftSettings: swiftSettings),
    .testTarget(
      name: "IntegerProgramsTests", dependencies: ["IntegerPrograms", "RandomNumbers"],
      swiftSettings: swiftSettings),
    .testTarget(name: "AgentsTests", dependencies: ["Agents"], swiftSettings: swiftSettings),
    .testTarget(
      name: "PrecisionSearchTests",
      dependencies: ["HardwareModel", "Agents", "Evaluation", "PrecisionSearch", "RandomNumbers"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StudiesTests",
      dependencies: [
        "FixtureBuilding", "HardwareModel", "Evaluation", "PrecisionSearch", "Studies",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], resources: [.copy("Fixtures/schema-1.sql")], swiftSettings: swiftSettings),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "HardwareModel"], swiftSettings: swiftSettings),
    .testTarget(
      name: "DashboardTests",
      dependencies: ["haq", "Evaluation", "FixtureBuilding", "HardwareModel", "PrecisionSearch", "Studies"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "Evaluation", "HardwareModel", "Networks", "Diagnostics", "FixtureBuilding", "haq-evaluator",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "Quantization", "HardwareModel"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "DatasetsTests",
      dependencies: ["Datasets", "DataRequests", "FixtureBuilding", "RandomNumbers"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "QuantizationTests", dependencies: ["Quantization", "HardwareModel", "RandomNumbers"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "Networks", "RandomNumbers", "Evaluation", "Tensors", "Datasets", "Quantization",
        "HardwareModel",
      ], swiftSettings: swiftSettings),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "haq", "haq-sandbox", "haq-evaluator", "FixtureBuilding", "HardwareModel", "Networks",
        "DataRequests", "RandomNumbers",
      ],
      swiftSettings: swiftSettings),
    // What fuzzing looks for. The tests try it on the corpora; the fuzzers themselves are made by `make fuzz` alone.
    .target(
      name: "FuzzProperties",
      dependencies: ["SpecLanguage", "Diagnostics", "Isolation", "Networks", "HardwareModel"],
      path: "Tests/Fuzzing/Properties", swiftSettings: swiftSettings),
    .testTarget(
      name: "FuzzingTests", dependencies: ["FuzzProperties", "FixtureBuilding"],
      swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)

if Context.environment["HAQ_FUZZ"] != nil {
  package.targets.append(.target(name: "CFuzzer", path: "Tests/Fuzzing/CFuzzer", cSettings: cSettings))
  for name in ["FuzzSpecs", "FuzzFrames", "FuzzNetworks"] {
    package.targets.append(
      .executableTarget(
        name: name, dependencies: ["CFuzzer", "FuzzProperties"], path: "Tests/Fuzzing/\(name)",
        swiftSettings: swiftSettings,
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]))
  }
}
