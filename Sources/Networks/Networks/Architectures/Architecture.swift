/// The networks that haq knows by name: shapes only, no weights.
public enum Architecture: String, Hashable, Sendable, CaseIterable {
  case mobileNetV1 = "mobilenet-v1"
  case mobileNetV2 = "mobilenet-v2"
  case resNet18 = "resnet-18"
  case resNet50 = "resnet-50"
  case fashionMobileNetV1 = "fashion-mobilenet-v1"
  case fashionMobileNetV2 = "fashion-mobilenet-v2"

  /// The names, in the order in which they are listed to people.
  public static var names: [String] { allCases.map(\.rawValue) }

  /// The graph of the architecture called `name`; nil when there is none.
  public static func named(_ name: String) -> Graph? { Architecture(rawValue: name)?.graph }

  /// The operations, without weights.
  ///
  /// The ImageNet networks read 224 x 224 colour images and tell 1000 classes apart; the
  /// fashion networks read 28 x 28 grey images and tell 10 classes apart.
  public var graph: Graph {
    switch self {
    case .mobileNetV1: MobileNetV1.imageNet.graph(name: rawValue)
    case .mobileNetV2: MobileNetV2.imageNet.graph(name: rawValue)
    case .resNet18: ResNet.eighteen.graph(name: rawValue)
    case .resNet50: ResNet.fifty.graph(name: rawValue)
    case .fashionMobileNetV1: MobileNetV1.fashion.graph(name: rawValue)
    case .fashionMobileNetV2: MobileNetV2.fashion.graph(name: rawValue)
    }
  }
}
