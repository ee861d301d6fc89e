import COpenBLAS

/// What the measurements do not tell about fitted parameters.
public enum Warning: Hashable, Sendable {
  /// Predictions do not change with the parameter: any value fits.
  case flat(String)
  /// The parameters can change together without changing the predictions; their shares in that direction.
  case flatDirection([String])
  /// The best value is a bound, so a better one may lie beyond it.
  case onBound(String, value: Double)

  /// A sentence for people.
  public var text: String {
    switch self {
    case .flat(let key):
      "\(key) is not identifiable: the predictions do not change with it, so its value means nothing"
    case .flatDirection(let keys):
      "\(keys.joined(separator: ", ")) are identifiable only together: changing them jointly leaves the "
        + "predictions almost as they are"
    case .onBound(let key, let value):
      "\(key) is \(value), which is a bound of its range; a better value may lie beyond"
    }
  }
}

/// Looks at predictions around fitted values.
enum Identifiability {
  /// A step of a parameter that changes predictions by less than this, root mean square of the logarithm, is flat.
  private static let flatLimit = 1e-6
  /// Of the correlation matrix of sensitivities; smaller means that columns can cancel each other.
  private static let eigenvalueLimit = 1e-3
  /// A parameter with a smaller share in a flat direction is not named.
  private static let shareLimit = 0.3

  static func warnings(
    _ parameters: [FreeParameter], at values: [Double], residuals: ([Double]) -> [Double]?
  ) -> [Warning] {
    var warnings: [Warning] = []
    var columns: [(key: String, column: [Double])] = []
    for (index, parameter) in parameters.enumerated() {
      if parameter.isOnBound(values[index]) {
        warnings.append(.onBound(parameter.key, value: values[index]))
      }
      guard let column = sensitivity(of: index, parameters, values, residuals) else { continue }
      let size = (column.reduce(0) { $0 + $1 * $1 } / Double(column.count)).squareRoot()
      if size < flatLimit {
        warnings.append(.flat(parameter.key))
      } else {
        let norm = size * Double(column.count).squareRoot()
        columns.append((parameter.key, column.map { $0 / norm }))
      }
    }
    return warnings + flatDirections(columns)
  }

  /// How ln(predicted) changes over one step up and one down; nil when the model refuses both.
  private static func sensitivity(
    of index: Int, _ parameters: [FreeParameter], _ values: [Double], _ residuals: ([Double]) -> [Double]?
  ) -> [Double]? {
    let ends = [-1, 1].compactMap { steps -> [Double]? in
      guard let moved = parameters[index].moved(values[index], by: steps) else { return nil }
      var candidate = values
      candidate[index] = moved
      return residuals(candidate)
    }
    guard let last = ends.last, let first = ends.count == 2 ? ends.first : residuals(values) else { return nil }
    return zip(first, last).map { $1 - $0 }
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
