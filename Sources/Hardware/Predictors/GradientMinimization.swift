import CNLopt

/// Minimization of a function with a gradient, by NLopt's L-BFGS (Liu and Nocedal, 1989).
enum GradientMinimization {
  /// The value and its derivatives.
  typealias Slope = (value: Double, gradient: [Double])

  /// What the C callback works on; alive for the whole of `minimize`.
  private final class Context {
    let function: ([Double]) -> Slope
    var best: (point: [Double], value: Double)

    init(_ function: @escaping ([Double]) -> Slope, start: [Double]) {
      self.function = function
      best = (start, .infinity)
    }
  }

  /// The best point that `function` was asked at, within `low...high`.
  static func minimize(
    from start: [Double], low: [Double], high: [Double], evaluations: Int,
    _ function: @escaping ([Double]) -> Slope
  ) -> [Double] {
    guard let optimizer = nlopt_create(NLOPT_LD_LBFGS, UInt32(start.count)) else { return start }
    defer { nlopt_destroy(optimizer) }
    let context = Context(function, start: start)
    nlopt_set_lower_bounds(optimizer, low)
    nlopt_set_upper_bounds(optimizer, high)
    nlopt_set_maxeval(optimizer, Int32(clamping: evaluations))
    nlopt_set_ftol_rel(optimizer, 1e-7)
    nlopt_set_min_objective(
      optimizer,
      { count, x, gradient, data in
        // The pointers are NLopt's for the time of this call; `data` is the context that `minimize` keeps alive.
        guard let x, let data else { return .infinity }
        let context = Unmanaged<Context>.fromOpaque(data).takeUnretainedValue()
        let point = Array(UnsafeBufferPointer(start: x, count: Int(count)))
        let slope = context.function(point)
        if slope.value < context.best.value { context.best = (point, slope.value) }
        if let gradient {
          for (index, derivative) in slope.gradient.enumerated() { gradient[index] = derivative }
        }
        return slope.value
      }, Unmanaged.passUnretained(context).toOpaque())
    var point = zip(start, zip(low, high)).map { min($1.1, max($1.0, $0)) }
    var value = 0.0
    // A limit reached leaves the best point in the context, as success does.
    withExtendedLifetime(context) { _ = nlopt_optimize(optimizer, &point, &value) }
    return context.best.point
  }
}
