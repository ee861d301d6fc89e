/// The machine of Plugins/bismo/README.md, run step by step with no formula for first uses.
///
/// Streams deliver words one by one; the array executes tile products in order, each as soon as
/// the one before has run and both its words are there.
struct BlockTwin {
  struct Path {
    var lanes: Int
    var bufferWords: Int
    var bitsPerCycle: Int
  }

  var depth: Int
  var weights: Path
  var activations: Path
  var fullWords: Bool

  struct Totals: Equatable {
    var rowOrder = 0
    var columnOrder = 0
    var tileProducts = 0
    var weightBeats = 0
    var activationBeats = 0
  }

  /// Adds one matrix product; false when a tile does not fit its buffer.
  func add(
    rows: Int, reduction: Int, columns: Int, weightBits: Int, activationBits: Int, to totals: inout Totals
  )
    -> Bool
  {
    guard let rowBlocks = blocks(of: rows, weights, reduction, weightBits),
      let columnBlocks = blocks(of: columns, activations, reduction, activationBits)
    else { return false }
    for rowTiles in rowBlocks {
      for columnTiles in columnBlocks {
        let weight = stream(rowTiles, weights, reduction, weightBits)
        let activation = stream(columnTiles, activations, reduction, activationBits)
        totals.weightBeats += weight.beats
        totals.activationBeats += activation.beats
        let rowOrder = rowOrder(weight.arrivals, activation.arrivals)
        totals.rowOrder += rowOrder.cycles
        totals.columnOrder += columnOrder(weight.arrivals, activation.arrivals)
        totals.tileProducts += rowOrder.count
      }
    }
    return true
  }

  /// Bits moved for each word of one vector.
  private func wordBits(_ reduction: Int) -> [Int] {
    stride(from: 0, to: reduction, by: depth).map { fullWords ? depth : min(depth, reduction - $0) }
  }

  /// Sizes of the tiles of each block.
  private func blocks(of vectors: Int, _ path: Path, _ reduction: Int, _ bits: Int) -> [[Int]]? {
    let tiles = stride(from: 0, to: vectors, by: path.lanes).map { min(path.lanes, vectors - $0) }
    let tilesPerBlock = path.bufferWords / (wordBits(reduction).count * bits)
    guard tilesPerBlock > 0 else { return nil }
    return stride(from: 0, to: tiles.count, by: tilesPerBlock).map {
      Array(tiles[$0..<min($0 + tilesPerBlock, tiles.count)])
    }
  }

  /// Cycle at which each [tile][word][bit] is there for all vectors of the tile.
  private func stream(_ tiles: [Int], _ path: Path, _ reduction: Int, _ bits: Int)
    -> (arrivals: [[[Int]]], beats: Int)
  {
    var clock = 0
    let arrivals = tiles.map { vectors in
      wordBits(reduction).map { wordBits in
        (0..<bits).map { _ in
          for _ in 0..<vectors {
            var left = wordBits
            while left > 0 {
              left -= path.bitsPerCycle
              clock += 1
            }
          }
          return clock
        }
      }
    }
    return (arrivals, clock)
  }

  private func rowOrder(_ weight: [[[Int]]], _ activation: [[[Int]]]) -> (cycles: Int, count: Int) {
    var clock = 0
    var count = 0
    for row in weight {
      for column in activation {
        for (weightPlanes, activationPlanes) in zip(row, column) {
          for activationArrival in activationPlanes {
            for weightArrival in weightPlanes {
              clock = max(clock + 1, weightArrival, activationArrival)
              count += 1
            }
          }
        }
      }
    }
    return (clock, count)
  }

  private func columnOrder(_ weight: [[[Int]]], _ activation: [[[Int]]]) -> Int {
    var clock = 0
    for column in activation {
      for row in weight {
        for (weightPlanes, activationPlanes) in zip(row, column) {
          for weightArrival in weightPlanes {
            for activationArrival in activationPlanes {
              clock = max(clock + 1, weightArrival, activationArrival)
            }
          }
        }
      }
    }
    return clock
  }
}
