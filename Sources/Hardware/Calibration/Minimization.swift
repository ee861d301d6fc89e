import CNLopt

/// Derivative-free minimization within the unit cube, by NLopt.
enum Minimization {
  /// How the minimum is searched.
  enum Method {
    /// Deterministic division of the whole cube (Gablonsky and Kelley, 2001).
    case dividingRectangles
    /// Simplex in subspaces, from a starting point (Rowan, 1990).
    case subplex

    fileprivate var algorithm: nlopt_algorithm {
      switch self {
      case .dividingRectangles: NLOPT_GN_DIRECT_L
      case .subplex: NLOPT_LN_SBPLX
      }
    }
  }

  /// What the C callback works on; alive for the whole of `minimize`.
  private final class Context {
    let function: ([Double]) -> Double
    let shouldStop: () -> Bool
    let optimizer: nlopt_opt

    init(
      _ function: @escaping ([Double]) -> Double, _ shouldStop: @escaping () -> Bool, _ optimizer: nlopt_opt
    ) {
      self.function = function
      self.shouldStop = shouldStop
      self.optimizer = optimizer
    }
  }

  /// The best point that `function`, which must be finite, was asked at; `function` remembers its value.
  ///
  /// - Parameter step: the first step of a local method.
  static func minimize(
    _ function: @escaping ([Double]) -> Double, from start: [Double], method: Method, evaluations: Int,
    step: Double = 0.1, shouldStop: @escaping () -> Bool = { false }
  ) -> [Double] {
    guard !start.isEmpty, evaluations > 0,
      let optimizer = nlopt_create(method.algorithm, UInt32(start.count))
    else { return start }
    defer { nlopt_destroy(optimizer) }
    let context = Context(function, shouldStop, optimizer)
    nlopt_set_lower_bounds1(optimizer, 0)
    nlopt_set_upper_bounds1(optimizer, 1)
    nlopt_set_maxeval(optimizer, Int32(clamping: evaluations))
    nlopt_set_xtol_rel(optimizer, 1e-10)
    nlopt_set_initial_step1(optimizer, step)
    nlopt_set_min_objective(
      optimizer,
      { count, x, _, data in
        // Both pointers are NLopt's for the time of this call; `data` is the context that `minimize` keeps alive.
        guard let x, let data else { return .infinity }
        let context = Unmanaged<Context>.fromOpaque(data).takeUnretainedValue()
        if context.shouldStop() { nlopt_force_stop(context.optimizer) }
        return context.function(Array(UnsafeBufferPointer(start: x, count: Int(count))))
      }, Unmanaged.passUnretained(context).toOpaque())
    var best = start.map { min(1, max(0, $0)) }
    var value = 0.0
    // A limit reached or a forced stop leave the best point in `best`, as success does.
    withExtendedLifetime(context) { _ = nlopt_optimize(optimizer, &best, &value) }
    return best
  }
}
