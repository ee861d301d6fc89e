/// Fewer marks and rows than a reader could tell apart.
public enum Thinning {
  /// Up to this number, a chart or a table has all.
  public static let crowd = 1000

  /// At most `most` of the items, evenly from the first to the last.
  public static func evenly<Item>(_ items: [Item], atMost most: Int) -> [Item] {
    guard items.count > most, most > 1 else { return items }
    return (0..<most).map { items[$0 * (items.count - 1) / (most - 1)] }
  }

  /// Which marks of a chart are drawn, in the order of their places: all of them up to a crowd, else at most `most`.
  ///
  /// Of a crowd, the marks furthest to each side and those to keep stay; of the others, the first in each cell of the finest
  /// grid that leaves few enough. So every part of the chart in which there are marks has one. Of more marks to keep
  /// than half of `most`, those in one place count once, and of these as many are drawn, evenly from left to right.
  ///
  /// - Parameter places: In pixels.
  static func shown(_ places: [(x: Double, y: Double)], keeping isKept: [Bool], atMost most: Int) -> [Bool] {
    guard places.count > crowd else { return places.map { _ in true } }
    var isShown = places.map { _ in false }
    let kept = evenly(distinct(places.indices.filter { isKept[$0] }, at: places), atMost: most / 2)
    for index in kept + extremes(of: places) { isShown[index] = true }
    let room = most - isShown.count(where: \.self)
    for index in firsts(places.indices.filter { !isKept[$0] && !isShown[$0] }, at: places, atMost: room) {
      isShown[index] = true
    }
    return isShown
  }

  /// From left to right, the first of those in one place.
  private static func distinct(_ indices: [Int], at places: [(x: Double, y: Double)]) -> [Int] {
    let ordered = indices.sorted {
      (places[$0].x, places[$0].y, $0) < (places[$1].x, places[$1].y, $1)
    }
    return ordered.enumerated().filter { position, index in
      position == 0 || places[index] != places[ordered[position - 1]]
    }.map(\.element)
  }

  /// The first of those furthest to each side.
  private static func extremes(of places: [(x: Double, y: Double)]) -> [Int] {
    [
      places.indices.min { places[$0].x < places[$1].x }, places.indices.min { places[$0].x > places[$1].x },
      places.indices.min { places[$0].y < places[$1].y }, places.indices.min { places[$0].y > places[$1].y },
    ].compactMap(\.self)
  }

  /// A square of a grid.
  private struct Cell: Hashable {
    var column: Double
    var row: Double
  }

  /// The first index in each cell, of a grid whose cells grow until few enough are left; every cell holds whole smaller
  /// ones, so that what is left needs to be looked at alone.
  private static func firsts(
    _ indices: [Int], at places: [(x: Double, y: Double)], atMost most: Int
  ) -> [Int] {
    var (left, width, height) = (indices, 2.0, 2.0)
    while left.count > most, width < 4096 {
      var cells: Set<Cell> = []
      left = left.filter { index in
        let place = places[index]
        return cells.insert(
          Cell(column: (place.x / width).rounded(.down), row: (place.y / height).rounded(.down))
        ).inserted
      }
      if width == height { width *= 2 } else { height *= 2 }
    }
    return Array(left.prefix(max(0, most)))
  }
}
