/// One flat object: the figures, `below_bar` where the evaluator stopped, `failure` where there are none.
///
/// A failed policy has figures in files all the same, which say that it got nothing right on no samples. Reading throws
/// `ImpossibleFigure` for figures that cannot be.
extension EvaluationResult: Codable {
  private enum CodingKeys: String, CodingKey {
    case isBelowBar = "below_bar"
    case failure
  }

  private static let figuresOfFailure = Figures(accuracy: 0, loss: 0, samples: 0)

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let reason = try container.decodeIfPresent(String.self, forKey: .failure) {
      self = .failed(reason)
      return
    }
    let figures = try Figures(from: decoder)
    try figures.requirePossible()
    let isBelowBar = try container.decodeIfPresent(Bool.self, forKey: .isBelowBar) ?? false
    self = isBelowBar ? .stopped(figures) : .measured(figures)
  }

  public func encode(to encoder: any Encoder) throws {
    try (figures ?? Self.figuresOfFailure).encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .measured: break
    case .stopped: try container.encode(true, forKey: .isBelowBar)
    case .failed(let reason): try container.encode(reason, forKey: .failure)
    }
  }
}
