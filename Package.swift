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
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    .target(name: "HardwareModel", swiftSettings: swiftSettings),
    .target(name: "Diagnostics", swiftSettings: swiftSettings),
    .target(
      name: "Networks",
      dependencies: [
        "HardwareModel", "Diagnostics", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["ONNX/onnx.proto"], resources: [.copy("Resources")], swiftSettings: swiftSettings),
    .target(name: "Evaluation", dependencies: ["HardwareModel"], swiftSettings: swiftSettings),
    // The accuracy side; the only targets that link libtorch.
    .target(
      name: "CTorch",
      linkerSettings: [.linkedLibrary("torch_cpu"), .linkedLibrary("c10")]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Tensors", dependencies: ["CTorch"], swiftSettings: swiftSettings),
    .target(name: "Datasets", dependencies: ["CZlib"], swiftSettings: swiftSettings),
    .target(name: "Quantization", dependencies: ["HardwareModel"], swiftSettings: swiftSettings),
    .target(
      name: "Training",
      dependencies: ["HardwareModel", "Networks", "Evaluation", "Tensors", "Datasets", "Quantization"],
      swiftSettings: swiftSettings),

    .executableTarget(
      name: "haq-evaluator",
      dependencies: [
        "Training", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
    .executableTarget(name: "training-trial", dependencies: ["Training"], swiftSettings: swiftSettings),
    .testTarget(
      name: "NetworksTests", dependencies: ["Networks", "HardwareModel", "Diagnostics"],
      swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
