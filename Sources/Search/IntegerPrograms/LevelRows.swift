/// Rows that make the level of a group the kind that covers those chosen in the groups that it follows.
///
/// Of one followed group, the options of each level are as many as those of that kind: one or none. Of several, at least as
/// many options have a level of v or more as have such a kind in each followed group, and an option of level v is chosen only
/// where one of kind v is. Where kinds are in no line, a chosen kind needs a level that covers it, and the level above all is
/// chosen only where no chosen kind covers the others.
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
    var values: Values
  }

  private enum Values {
    case range(ClosedRange<Int>)
    case set(Set<Int>)

    func contains(_ value: Int) -> Bool {
      switch self {
      case .range(let range): range.contains(value)
      case .set(let set): set.contains(value)
      }
    }
  }

  /// - Parameters:
  ///   - options: Those of each group that are considered.
  ///   - first: The number of the first of these rows.
  init(_ program: ChoiceProgram, _ options: [[ChoiceProgram.Option]], first: Int) {
    for (group, followed) in program.followed.sorted(by: { $0.key < $1.key }) {
      guard program.order.isAscending || followed.count == 1 else {
        add(group, followed, program.order, options, first: first)
        continue
      }
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

  /// The rows of a group that follows several, whose kinds are in no line.
  private mutating func add(
    _ group: Int, _ followed: [Int], _ order: KindOrder, _ options: [[ChoiceProgram.Option]], first: Int
  ) {
    let levels = Set(options[group].map(\.level))
    let all = followed.reduce(into: Set<Int>()) { $0.formUnion(options[$1].map(\.kind)) }
    for one in followed {
      for kind in Set(options[one].map(\.kind)).sorted() {
        let covering = levels.filter { order.covers($0, kind) }
        addRow(
          atLeast: 0,
          [
            (group, Term(row: 0, sign: 1, isOfLevel: true, values: .set(covering))),
            (one, Term(row: 0, sign: -1, isOfLevel: false, values: .set([kind]))),
          ], first: first)
        guard kind != order.top else { continue }
        let others = Values.set(all.filter { !order.covers(kind, $0) })
        addRow(
          atLeast: -1,
          [
            (group, Term(row: 0, sign: -1, isOfLevel: true, values: .set([order.top]))),
            (one, Term(row: 0, sign: -1, isOfLevel: false, values: .set([kind]))),
          ]
            + followed.filter { $0 != one }.map {
              ($0, Term(row: 0, sign: 1, isOfLevel: false, values: others))
            }, first: first)
      }
    }
    for level in levels.sorted() where level != order.top {
      addRow(
        atLeast: 0,
        [
          (group, Term(row: 0, sign: -1, isOfLevel: true, values: .set([level])))
        ] + followed.map { ($0, Term(row: 0, sign: 1, isOfLevel: false, values: .set([level]))) },
        first: first)
    }
  }

  private mutating func addRow(atLeast bound: Double, _ entries: [(group: Int, term: Term)], first: Int) {
    let row = Int32(first + least.count)
    least.append(bound)
    most.append(.greatestFiniteMagnitude)
    for (group, term) in entries {
      var term = term
      term.row = row
      terms[group, default: []].append(term)
    }
  }

  /// A row of `sign` times the group's options with levels in `values`, less those of the followed groups with such kinds.
  private mutating func add(
    _ group: Int, _ followed: [Int], _ values: ClosedRange<Int>, sign: Double, isEqual: Bool, first: Int
  ) {
    let row = Int32(first + least.count)
    least.append(0)
    most.append(isEqual ? 0 : .greatestFiniteMagnitude)
    terms[group, default: []].append(Term(row: row, sign: sign, isOfLevel: true, values: .range(values)))
    for one in followed {
      terms[one, default: []].append(Term(row: row, sign: -sign, isOfLevel: false, values: .range(values)))
    }
  }

  /// What an option of a group adds to the rows.
  func entries(group: Int, _ option: ChoiceProgram.Option) -> [(row: Int32, value: Double)] {
    (terms[group] ?? []).filter { $0.values.contains($0.isOfLevel ? option.level : option.kind) }
      .map { ($0.row, $0.sign) }
  }
}
