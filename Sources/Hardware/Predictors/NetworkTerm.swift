import Core

/// A part of a network's latency: its coefficient is seconds, or a share of seconds, of what it counts.
enum NetworkTerm: Hashable, Sendable {
  /// Once for a network.
  case network
  /// Each layer; of one precision beyond that of all.
  case layer(Precision?)
  /// Of what layers take alone; of one precision beyond that of all.
  case alone(Precision?)
  /// Each byte of an output, as it is stored.
  case byte
  /// Each output that is stored in more bits than its layer reads, and each element of it.
  case widening
  case widenedElement
  /// Of how much longer such a layer takes alone at the precision of its output: what a runtime computes in the wider format
  /// because the output is in it.
  case slowdown
  /// Each output that is stored in fewer bits than its layer reads, and each element of it.
  case narrowing
  case narrowedElement

  /// Those of all precisions.
  static let shared: [NetworkTerm] = [
    .network, .layer(nil), .alone(nil), .byte, .widening, .widenedElement, .slowdown, .narrowing,
    .narrowedElement,
  ]

  /// Whether it says how one precision differs from all.
  var isOfPrecision: Bool {
    switch self {
    case .layer(let precision), .alone(let precision): precision != nil
    case .network, .byte, .widening, .widenedElement, .slowdown, .narrowing, .narrowedElement: false
    }
  }

  /// As in a predictor's file, such as `s_per_layer W8A8`.
  var text: String {
    switch self {
    case .network: "s_per_network"
    case .layer(let precision): "s_per_layer" + (precision.map { " \($0)" } ?? "")
    case .alone(let precision): "share_of_layers" + (precision.map { " \($0)" } ?? "")
    case .byte: "s_per_byte"
    case .widening: "s_per_widening"
    case .widenedElement: "s_per_widened_element"
    case .slowdown: "share_of_slowdown"
    case .narrowing: "s_per_narrowing"
    case .narrowedElement: "s_per_narrowed_element"
    }
  }

  /// Reads `text`.
  init?(_ text: String) {
    if let shared = Self.shared.first(where: { $0.text == text }) {
      self = shared
      return
    }
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2, let precision = Precision(words[1]) else { return nil }
    switch words[0] {
    case "s_per_layer": self = .layer(precision)
    case "share_of_layers": self = .alone(precision)
    default: return nil
    }
  }
}

/// A layer as a part of a network: what the terms count of it.
struct LayerInNetwork {
  var precision: Precision
  /// Seconds of the batch.
  var alone: Double
  /// Alone at the precision whose activations are stored as its output is; nil where there is none.
  var aloneAsStored: Double?
  /// Elements of its output, of the batch.
  var outputs: Double
  /// What its output is stored as.
  var stored: BitWidth
  /// Layers of the network.
  var layerCount: Int

  /// What each term counts, always in one order; a sum over layers counts it of the network.
  var amounts: [(term: NetworkTerm, amount: Double)] {
    let always: [(NetworkTerm, Double)] = [
      (.network, 1 / Double(layerCount)), (.layer(nil), 1), (.layer(precision), 1), (.alone(nil), alone),
      (.alone(precision), alone), (.byte, outputs * Double(stored.bits) / 8),
    ]
    guard stored != precision.activation else { return always }
    guard stored.bits >= precision.activation.bits else {
      return always + [(.narrowing, 1), (.narrowedElement, outputs)]
    }
    return always + [
      (.widening, 1), (.widenedElement, outputs), (.slowdown, max(0, (aloneAsStored ?? alone) - alone)),
    ]
  }
}
