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
  targets: [
    .target(name: "HardwareModel", swiftSettings: swiftSettings),
    .target(name: "Diagnostics", swiftSettings: swiftSettings),
    .target(name: "Networks", dependencies: ["HardwareModel", "Diagnostics"], swiftSettings: swiftSettings),
    .target(name: "Evaluation", dependencies: ["HardwareModel"], swiftSettings: swiftSettings),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-openmp-dev"])]),
    .target(name: "Agents", dependencies: ["COpenBLAS"], swiftSettings: swiftSettings),
    .target(
      name: "PrecisionSearch", dependencies: ["HardwareModel", "Agents", "Evaluation"],
      swiftSettings: swiftSettings),
    .testTarget(name: "AgentsTests", dependencies: ["Agents"], swiftSettings: swiftSettings),
    .testTarget(
      name: "PrecisionSearchTests", dependencies: ["HardwareModel", "Agents", "Evaluation", "PrecisionSearch"],
      swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
