import CCbc
import Synchronization

/// A choice program as the CBC solver sees it: a binary variable for each option.
///
/// Unsafe: CBC keeps pointers to nothing of ours after a call, and the model is deleted with this value.
struct SolverModel: ~Copyable {
  /// CBC compares objectives with absolute tolerances near 1e-5; the greatest penalty becomes this.
  private static let greatestPenalty = 1e6

  private let model: UnsafeMutableRawPointer
  private let sizes: [Int]
  private let scale: Double

  /// What the solver found: positions among the kept options.
  struct Answer {
    var choices: [Int]
    var bound: Double
  }

  init(_ program: ChoiceProgram, kept: [[Int]], limits: [Double]) {
    model = UnsafeMutableRawPointer(Cbc_newModel())
    sizes = kept.map(\.count)
    let options = zip(program.groups, kept).map { group, kept in kept.map { group[$0] } }
    let greatest = options.joined().map(\.penalty).max() ?? 0
    scale = greatest > 0 ? Self.greatestPenalty / greatest : 1
    Cbc_setLogLevel(model, 0)
    Cbc_setParameter(model, "log", "0")

    let count = sizes.reduce(0, +)
    let links = LinkRows(program, first: kept.count + limits.count)
    let levels = LevelRows(program, options, first: kept.count + limits.count + links.count)
    let rows = kept.count + limits.count + links.count + levels.least.count
    var starts: [Int32] = []
    var entries: [(row: Int32, value: Double)] = []
    for (group, members) in options.enumerated() {
      for option in members {
        starts.append(Int32(entries.count))
        entries.append((Int32(group), 1))
        // Shares of the limit, so that the solver's tolerances mean the same for seconds and for joules.
        entries += option.uses.enumerated().map { (Int32(kept.count + $0), $1 / limits[$0]) }
        entries += links.entries(group: group, kind: option.kind)
        entries += levels.entries(group: group, option)
      }
    }
    starts.append(Int32(entries.count))
    let zeros = Array(repeating: 0.0, count: links.count)
    let most = Array(repeating: 1.0, count: kept.count + limits.count) + zeros + levels.most
    let least =
      Array(repeating: 1.0, count: kept.count) + Array(repeating: 0.0, count: limits.count) + zeros
      + levels.least
    Cbc_loadProblem(
      model, Int32(count), Int32(rows), starts, entries.map(\.row), entries.map(\.value),
      Array(repeating: 0, count: count), Array(repeating: 1, count: count),
      options.joined().map { $0.penalty * scale }, least, most)
    for column in 0..<count { Cbc_setInteger(model, Int32(column)) }
  }

  deinit { Cbc_deleteModel(model) }

  /// CBC's C interface keeps state outside its models, so that only one may be solved at a time.
  private static let turn = Mutex(())

  func solve(seconds: Double) throws(IntegerProgramError) -> Answer {
    Cbc_setMaximumSeconds(model, seconds)
    Cbc_setAllowableGap(model, 0)
    Self.turn.withLock { _ in _ = Cbc_solve(model) }
    if Cbc_isProvenInfeasible(model) != 0 { throw .infeasible }
    guard let values = Cbc_getColSolution(model), Cbc_bestSolution(model) != nil else {
      throw .unsolved("no solution was found in \(seconds) s")
    }
    var first = 0
    let choices = sizes.map { size in
      defer { first += size }
      return (0..<size).max { values[first + $0] < values[first + $1] }!
    }
    let proven = Cbc_isProvenOptimal(model) != 0
    return Answer(
      choices: choices,
      bound: (proven ? Cbc_getObjValue(model) : Cbc_getBestPossibleObjValue(model)) / scale)
  }
}

/// Rows that are 0 when linked groups choose options of one kind: the first group's minus each other group's, by kind.
private struct LinkRows {
  private var plus: [Key: [Int32]] = [:]
  private var minus: [Key: Int32] = [:]
  private(set) var count = 0

  private struct Key: Hashable {
    var group: Int
    var kind: Int
  }

  init(_ program: ChoiceProgram, first: Int) {
    for link in program.links {
      let kinds = Set(link.flatMap { program.groups[$0].map(\.kind) }).sorted()
      for group in link.dropFirst() {
        for kind in kinds {
          plus[Key(group: link[0], kind: kind), default: []].append(Int32(first + count))
          minus[Key(group: group, kind: kind)] = Int32(first + count)
          count += 1
        }
      }
    }
  }

  func entries(group: Int, kind: Int) -> [(row: Int32, value: Double)] {
    let key = Key(group: group, kind: kind)
    return (plus[key] ?? []).map { ($0, 1) } + (minus[key].map { [($0, -1)] } ?? [])
  }
}
