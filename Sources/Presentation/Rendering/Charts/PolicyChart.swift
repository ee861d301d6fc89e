public import Core

/// Bits of weights and activations of every layer, above the layer's operations per byte (HAQ, CVPR 2019, figure 3).
///
/// Floats of 16 and 32 bits are hollow bars over the whole height.
public struct PolicyChart: Sendable {
  /// One layer.
  public struct Entry: Sendable {
    public var name: String
    public var group: Group
    public var precision: Precision
    /// Operations per byte that the layer moves at this precision.
    public var intensity: Double

    public init(name: String, group: Group, precision: Precision, intensity: Double) {
      self.name = name
      self.group = group
      self.precision = precision
      self.intensity = intensity
    }
  }

  /// Layers that are drawn alike.
  public enum Group: String, Sendable, CaseIterable {
    case pointwise
    case depthwise
    case convolution
    case other = "fully connected and matmul"

    public init(_ layer: Layer) {
      switch layer.kind {
      case .depthwise: self = .depthwise
      case .convolution: self = layer.kernel == .one ? .pointwise : .convolution
      case .transposedConvolution: self = .convolution
      case .fullyConnected, .matmul: self = .other
      }
    }

    fileprivate var style: String { "point series-\(Self.allCases.firstIndex(of: self)!)" }
  }

  public var title: String
  public var entries: [Entry]
  /// What the operations per byte are of, for people.
  public var intensityTitle: String

  public init(title: String, entries: [Entry], intensityTitle: String = "operations per byte") {
    self.title = title
    self.entries = entries
    self.intensityTitle = intensityTitle
  }

  private static let (left, top, height, gap) = (64.0, 76.0, 120.0, 34.0)

  /// The `<svg>` element.
  public var svg: String { drawing.element(label: title) }

  /// A file that is complete, for light and dark viewers.
  public var file: String { drawing.file(label: title) }

  private var drawing: SVG {
    let step = max(11, min(30, 900 / Double(max(entries.count, 1))))
    let right = Self.left + step * Double(entries.count)
    let width = max(right + 20, 420)
    let bottom = Self.top + 3 * Self.height + 2 * Self.gap
    var drawing = SVG(width: width, height: bottom + 44)
    drawing.rectangle(x: 0, y: 0, width: width, height: bottom + 44, style: "paper")
    drawing.text(title, x: Self.left, y: 24, style: "title")
    legend(&drawing)
    let widths = entries.flatMap { [$0.precision.weight, $0.precision.activation] }
    let greatest = max(8, Int(BitBar.total(of: widths).bitsPerElement.rounded(.up)))
    for (panel, role) in ["weight bits", "activation bits"].enumerated() {
      let floor = Self.top + Double(panel) * (Self.height + Self.gap) + Self.height
      for bits in stride(from: 0, through: greatest, by: 2) {
        let y = floor - Self.height * Double(bits) / Double(greatest)
        drawing.line((Self.left, y), (right, y), style: "grid")
        drawing.text("\(bits)", x: Self.left - 8, y: y + 4, anchor: "end")
      }
      drawing.upwardText(role, x: 20, y: floor - Self.height / 2)
      for (index, entry) in entries.enumerated() {
        let width = panel == 0 ? entry.precision.weight : entry.precision.activation
        let isFloat = width.isWideFloat
        bar(
          &drawing, index, step, floor, share: isFloat ? 1 : width.bitsPerElement / Double(greatest), entry,
          width.isNumberOfBits && !isFloat ? "\(width) \(role)" : "\(width.formatName), \(role)",
          style: entry.group.style + (isFloat ? " hollow" : ""))
      }
    }
    intensities(&drawing, step: step, right: right, floor: bottom)
    for index in entries.indices where index.isMultiple(of: entries.count > 30 ? 5 : 1) {
      drawing.text(
        "\(index)", x: Self.left + (Double(index) + 0.5) * step, y: bottom + 16, anchor: "middle")
    }
    drawing.text("layer", x: (Self.left + right) / 2, y: bottom + 34, anchor: "middle")
    return drawing
  }

  private func legend(_ drawing: inout SVG) {
    var place = Self.left
    for group in Group.allCases where entries.contains(where: { $0.group == group }) {
      drawing.rectangle(x: place, y: 40, width: 10, height: 10, style: group.style)
      drawing.text(group.rawValue, x: place + 16, y: 49)
      place += 40 + 7 * Double(group.rawValue.count)
    }
    let isFloat = entries.contains { $0.precision.weight.isWideFloat || $0.precision.activation.isWideFloat }
    if isFloat { drawing.text("hollow: 16- or 32-bit floats", x: place, y: 49) }
  }

  private func intensities(_ drawing: inout SVG, step: Double, right: Double, floor: Double) {
    let positive = entries.map(\.intensity).filter { $0 > 0 }
    // A bar begins a little below the least value, since a logarithm has no zero.
    let scale = LogScale(positive + [(positive.min() ?? 1) / 1.5], from: 0, to: 1)
    for tick in scale.ticks {
      let y = floor - Self.height * scale(tick)
      drawing.line((Self.left, y), (right, y), style: "grid")
      drawing.text(Quantity.plain(tick), x: Self.left - 8, y: y + 4, anchor: "end")
    }
    drawing.upwardText(intensityTitle, x: 20, y: floor - Self.height / 2)
    for (index, entry) in entries.enumerated() where entry.intensity > 0 {
      bar(
        &drawing, index, step, floor, share: scale(entry.intensity), entry,
        "\(Quantity.plain(entry.intensity)) operations per byte")
    }
  }

  private func bar(
    _ drawing: inout SVG, _ index: Int, _ step: Double, _ floor: Double, share: Double, _ entry: Entry,
    _ what: String, style: String? = nil
  ) {
    let height = Self.height * share
    drawing.rectangle(
      x: Self.left + Double(index) * step + step * 0.15, y: floor - height, width: step * 0.7, height: height,
      style: style ?? entry.group.style, title: "\(index): \(entry.name), \(entry.group.rawValue), \(what)")
  }
}
