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

let package = Package(
  name: "haq",
  products: [
    .executable(name: "haq", targets: ["haq"]),
    .library(name: "bismo", type: .dynamic, targets: ["bismo"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
  ],
  targets: [
    .target(name: "CHAQPlugin", cSettings: cSettings),
    .target(name: "HardwareModel", swiftSettings: swiftSettings),
    .target(name: "Diagnostics", swiftSettings: swiftSettings),
    .target(
      name: "SpecLanguage",
      dependencies: [
        "HardwareModel", "Diagnostics", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Yams", package: "Yams"),
      ], swiftSettings: swiftSettings),
    .target(
      name: "Networks",
      dependencies: [
        "HardwareModel", "Diagnostics", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["ONNX/onnx.proto"], resources: [.copy("Resources")], swiftSettings: swiftSettings),
    .target(
      name: "PluginLoading", dependencies: ["CHAQPlugin", "HardwareModel"], swiftSettings: swiftSettings),
    .target(
      name: "bismo", dependencies: ["CHAQPlugin"], path: "Plugins/bismo", exclude: ["README.md"],
      publicHeadersPath: ".", cSettings: cSettings),
    .target(
      name: "Targets", dependencies: ["HardwareModel", "Diagnostics", "SpecLanguage", "PluginLoading"],
      swiftSettings: swiftSettings),
    .target(name: "Evaluation", dependencies: ["HardwareModel"], swiftSettings: swiftSettings),
    .target(name: "Reports", dependencies: ["HardwareModel"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "haq",
      dependencies: [
        "HardwareModel", "Diagnostics", "SpecLanguage", "Networks", "Targets", "Reports",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: swiftSettings),

    .target(name: "FixtureBuilding", path: "Tests/FixtureBuilding", swiftSettings: swiftSettings),
    .testTarget(
      name: "CHAQPluginTests", dependencies: ["FixtureBuilding"], swiftSettings: swiftSettings),
    .testTarget(
      name: "SpecLanguageTests", dependencies: ["SpecLanguage", "HardwareModel", "Diagnostics"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "NetworksTests", dependencies: ["Networks", "HardwareModel", "Diagnostics"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "PluginLoadingTests", dependencies: ["FixtureBuilding", "PluginLoading", "HardwareModel"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "BISMOTests",
      dependencies: [
        "FixtureBuilding", "PluginLoading", "HardwareModel", "Networks",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "TargetsTests", dependencies: ["Targets", "SpecLanguage", "HardwareModel", "Diagnostics"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "HardwareModel"], swiftSettings: swiftSettings),
    .testTarget(
      name: "CommandTests", dependencies: ["haq", "FixtureBuilding"], swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
