/// Rows that make the level of a group the largest kind that is chosen in the groups that it follows.
///
/// Of one followed group, the options of each level are as many as those of that kind: one or none. Of several, at least as
/// many options have a level of v or more as have such a kind in each followed group, and an option of level v is chosen only
/// where one of kind v is.
struct LevelRows {
  /// The bounds of each row.
  private(set) var least: [Double] = []
  private(set) var most: [Double] = []
  private var terms: [Int: [Term]] = [:]

  /// What the options of a group add to a row.
  private struct Term {
    var row: Int32
    var sign: Double
    var isOfLevel: Bool
    var values: ClosedRange<Int>
  }

  /// - Parameters:
  ///   - options: Those of each group that are considered.
  ///   - first: The number of the first of these rows.
  init(_ program: ChoiceProgram, _ options: [[ChoiceProgram.Option]], first: Int) {
    for (group, followed) in program.followed.sorted(by: { $0.key < $1.key }) {
      let values = Set(options[group].map(\.level) + followed.flatMap { options[$0].map(\.kind) }).sorted()
      for value in values {
        if followed.count == 1 {
          add(group, followed, value...value, sign: 1, isEqual: true, first: first)
          continue
        }
        for one in followed { add(group, [one], value...Int.max, sign: 1, isEqual: false, first: first) }
        add(group, followed, value...value, sign: -1, isEqual: false, first: first)
      }
    }
  }

  /// A row of `sign` times the group's options with levels in `values`, less those of the followed groups with such kinds.
  private mutating func add(
    _ group: Int, _ followed: [Int], _ values: ClosedRange<Int>, sign: Double, isEqual: Bool, first: Int
  ) {
    let row = Int32(first + least.count)
    least.append(0)
    most.append(isEqual ? 0 : .greatestFiniteMagnitude)
    terms[group, default: []].append(Term(row: row, sign: sign, isOfLevel: true, values: values))
    for one in followed {
      terms[one, default: []].append(Term(row: row, sign: -sign, isOfLevel: false, values: values))
    }
  }

  /// What an option of a group adds to the rows.
  func entries(group: Int, _ option: ChoiceProgram.Option) -> [(row: Int32, value: Double)] {
    (terms[group] ?? []).filter { $0.values.contains($0.isOfLevel ? option.level : option.kind) }
      .map { ($0.row, $0.sign) }
  }
}
