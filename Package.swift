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
    .library(name: "bismo", type: .dynamic, targets: ["bismo"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2")
  ],
  targets: [
    .target(name: "CHAQPlugin", cSettings: cSettings),
    .target(name: "HardwareModel", swiftSettings: swiftSettings),
    .target(name: "Diagnostics", swiftSettings: swiftSettings),
    .target(name: "Networks", dependencies: ["HardwareModel", "Diagnostics"], swiftSettings: swiftSettings),
    .target(
      name: "PluginLoading", dependencies: ["CHAQPlugin", "HardwareModel"], swiftSettings: swiftSettings),
    .target(
      name: "bismo", dependencies: ["CHAQPlugin"], path: "Plugins/bismo", exclude: ["README.md"],
      publicHeadersPath: ".", cSettings: cSettings),
    .target(name: "Evaluation", dependencies: ["HardwareModel"], swiftSettings: swiftSettings),

    .target(name: "FixtureBuilding", path: "Tests/FixtureBuilding", swiftSettings: swiftSettings),
    .testTarget(
      name: "CHAQPluginTests", dependencies: ["FixtureBuilding"], swiftSettings: swiftSettings),
    .testTarget(
      name: "NetworksTests", dependencies: ["Networks", "HardwareModel"], swiftSettings: swiftSettings),
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
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
