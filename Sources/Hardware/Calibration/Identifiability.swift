import COpenBLAS

/// What the measurements do not tell about fitted parameters.
public enum Warning: Hashable, Sendable {
  /// Predictions do not change with the parameter: any value fits.
  case flat(String)
  /// Another value of a discrete parameter gives the same predictions.
  case equallyGood(String, value: Double, other: Double)
  /// The parameters can change together without changing the predictions; their shares in that direction.
  case flatDirection([String])
  /// So few measured points change with the parameter that one wrong measurement decides its value.
  case fewPoints(String, count: Int)
  /// The best value is a bound, so a better one may lie beyond it.
  case onBound(String, value: Double)

  /// A sentence for people.
  public var text: String {
    switch self {
    case .flat(let key):
      "\(key) is not identifiable: the predictions do not change with it, so its value means nothing"
    case .equallyGood(let key, let value, let other):
      "\(key) is not identifiable: \(Self.short(other)) fits as well as \(Self.short(value))"
    case .flatDirection(let keys):
      "\(keys.joined(separator: ", ")) are identifiable only together: changing them jointly leaves the "
        + "predictions almost as they are"
    case .fewPoints(let key, let count):
      "\(key) rests on \(count) measured point\(count == 1 ? "" : "s"): a wrong one decides its value"
    case .onBound(let key, let value):
      "\(key) is \(Self.short(value)), which is a bound of its range; a better value may lie beyond"
    }
  }

  /// Whole numbers without the point.
  private static func short(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }
}

/// Looks at predictions around fitted values.
enum Identifiability {
  /// A step of a parameter that changes predictions by less than this, root mean square of the logarithm, is flat.
  private static let flatLimit = 1e-6
  /// Of the correlation matrix of sensitivities; smaller means that columns can cancel each other.
  private static let eigenvalueLimit = 1e-3
  /// A parameter with a smaller share in a flat direction is not named.
  private static let shareLimit = 0.3
  /// A parameter that fewer points depend on is named.
  private static let fewestPoints = 3
  /// Points that change by less than this share of the largest change do not depend on the parameter.
  private static let dependence = 0.1

  static func warnings(
    _ parameters: [FreeParameter], at values: [Double], residuals: ([Double]) -> [Double]?
  ) -> [Warning] {
    var warnings: [Warning] = []
    var columns: [(key: String, column: [Double])] = []
    for (index, parameter) in parameters.enumerated() {
      if parameter.isOnBound(values[index]) {
        warnings.append(.onBound(parameter.key, value: values[index]))
      }
      let sides = sides(of: index, parameters, values, residuals)
      let flat = sides.filter { size(of: $0.change) < flatLimit }
      if flat.count == sides.count {
        if !flat.isEmpty { warnings.append(.flat(parameter.key)) }
        continue
      }
      let count = dependents(of: sides)
      if count < fewestPoints { warnings.append(.fewPoints(parameter.key, count: count)) }
      if parameter.isDiscrete, let other = flat.first {
        warnings.append(.equallyGood(parameter.key, value: values[index], other: other.value))
      }
      let column = slope(of: sides)
      let length = size(of: column)
      if length >= flatLimit {
        let norm = length * Double(column.count).squareRoot()
        columns.append((parameter.key, column.map { $0 / norm }))
      }
    }
    return warnings + flatDirections(columns)
  }

  /// A value one step away, and how ln(predicted) changes on the way to it.
  private typealias Side = (steps: Int, value: Double, change: [Double])

  /// One step down and one up, as far as they exist and the model accepts them.
  private static func sides(
    of index: Int, _ parameters: [FreeParameter], _ values: [Double], _ residuals: ([Double]) -> [Double]?
  ) -> [Side] {
    guard let here = residuals(values) else { return [] }
    return [-1, 1].compactMap { steps in
      guard let moved = parameters[index].moved(values[index], by: steps) else { return nil }
      var candidate = values
      candidate[index] = moved
      return residuals(candidate).map { (steps, moved, zip(here, $0).map { $1 - $0 }) }
    }
  }

  /// How many points change on one of the sides.
  private static func dependents(of sides: [Side]) -> Int {
    guard let count = sides.first?.change.count else { return 0 }
    let changes = (0..<count).map { point in sides.map { abs($0.change[point]) }.max() ?? 0 }
    let largest = changes.max() ?? 0
    return changes.count { $0 > dependence * largest }
  }

  /// The change per step, upwards.
  private static func slope(of sides: [Side]) -> [Double] {
    guard let first = sides.first, let last = sides.last else { return [] }
    if sides.count == 1 { return first.change.map { $0 * Double(first.steps) } }
    return zip(first.change, last.change).map { ($1 - $0) / 2 }
  }

  private static func size(of column: [Double]) -> Double {
    (column.reduce(0) { $0 + $1 * $1 } / Double(max(column.count, 1))).squareRoot()
  }

  /// Eigenvectors of the columns' correlations with an eigenvalue near zero.
  private static func flatDirections(_ columns: [(key: String, column: [Double])]) -> [Warning] {
    let count = columns.count
    guard count > 1 else { return [] }
    var matrix = columns.flatMap { a in
      columns.map { b in zip(a.column, b.column).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    let eigenvalues = eigen(&matrix, count)
    return eigenvalues.enumerated().filter { $0.element < eigenvalueLimit }.map { index, _ in
      let direction = (0..<count).map { matrix[index * count + $0] }
      return .flatDirection(zip(columns, direction).filter { abs($1) >= shareLimit }.map(\.0.key))
    }
  }

  /// Eigenvalues, ascending, of a symmetric matrix; the matrix becomes the eigenvectors, one after another.
  private static func eigen(_ matrix: inout [Double], _ count: Int) -> [Double] {
    var eigenvalues = [Double](repeating: 0, count: count)
    var workspace = [Double](repeating: 0, count: 8 * count)
    let failure = haq_symmetric_eigen(
      Int32(count), &matrix, &eigenvalues, &workspace, Int32(workspace.count))
    precondition(failure == 0, "a symmetric matrix of finite numbers has eigenvalues")
    return eigenvalues
  }
}
