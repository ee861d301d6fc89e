// swift-tools-version:6.2
import PackageDescription

/// Every target of ours: warnings are errors, and imports name what they use.
let swiftSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "haq",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
  ],
  targets: [
    .target(name: "HardwareModel", swiftSettings: swiftSettings),
    .target(name: "Diagnostics", swiftSettings: swiftSettings),
    .target(
      name: "SpecLanguage",
      dependencies: [
        "HardwareModel", "Diagnostics", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Yams", package: "Yams"),
      ], swiftSettings: swiftSettings),
    .target(name: "Networks", dependencies: ["HardwareModel", "Diagnostics"], swiftSettings: swiftSettings),
    .target(
      name: "Targets", dependencies: ["HardwareModel", "Diagnostics", "SpecLanguage"],
      swiftSettings: swiftSettings),
    .target(name: "Reports", dependencies: ["HardwareModel"], swiftSettings: swiftSettings),
    .target(name: "Evaluation", dependencies: ["HardwareModel"], swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
