/// The model of Plugins/bitfusion/README.md the long way: every tiling times every order of the five loops, each
/// walked through for each operand, with all three dataflows.
struct BruteForceTwin {
  struct Machine {
    var rows, columns, maxBits, minBits: Int
    /// Weights, inputs, outputs.
    var bufferBytes: [Int]
    var readEnergy, writeEnergy: [Double]
    var coreEnergy, dramEnergy: Double
    var dramBitsPerCycle: Int
  }

  struct Problem {
    var batch, outHeight, outWidth, inChannels, outChannels: Int
    var kernelHeight, kernelWidth, strideHeight, strideWidth: Int
    var im2col, packed: Bool
    var weightBits, activationBits: Int
  }

  struct Answer: Equatable {
    var compute = 0
    var stall = 0
    var reads = [0, 0, 0]
    var writes = [0, 0, 0]
    var dramReads = 0
    var dramWrites = 0
    var energy = 0.0
  }

  let machine: Machine
  let problem: Problem

  private enum Loop: Int, CaseIterable { case batch, width, height, inChannels, outChannels }

  /// Nil when no tiling fits.
  func answer() -> Answer? {
    var best: Answer?
    for tile in tilings() {
      let footprints = footprints(tile)
      guard zip(footprints, machine.bufferBytes).allSatisfy({ $0 <= $1 * 8 / 2 }) else { continue }
      let trips = Loop.allCases.map { Self.ceiling(size($0), by: tile[$0]!) }
      let once = work(of: tile, tiles: trips.reduce(1, *))
      for order in Self.orders {
        var traffic = Traffic()
        for operand in 0..<3 { move(operand, footprints[operand], trips, order, &traffic) }
        let stall = stall(traffic, compute: once.compute)
        if let best, once.compute + stall > best.compute + best.stall { continue }
        let candidate = answer(once, traffic, stall: stall)
        if best.map({ Self.isBetter(candidate, $0) }) ?? true { best = candidate }
      }
    }
    return best
  }

  private static func ceiling(_ value: Int, by divisor: Int) -> Int { (value + divisor - 1) / divisor }

  /// All 120, innermost loop first, by raw value.
  private static let orders = permutations(Loop.allCases.map(\.rawValue))

  private static func permutations(_ loops: [Int]) -> [[Int]] {
    guard !loops.isEmpty else { return [[]] }
    return loops.flatMap { first in permutations(loops.filter { $0 != first }).map { [first] + $0 } }
  }

  private func size(_ loop: Loop) -> Int {
    switch loop {
    case .batch: problem.batch
    case .width: problem.outWidth
    case .height: problem.outHeight
    case .inChannels: problem.inChannels
    case .outChannels: problem.outChannels
    }
  }

  /// unit, 2 unit, 4 unit, ... and the size itself.
  private func powers(of unit: Int, upTo size: Int) -> [Int] {
    var powers = [unit]
    while powers.last! < size { powers.append(powers.last! * 2) }
    return powers
  }

  private func tilings() -> [[Loop: Int]] {
    var tilings: [[Loop: Int]] = []
    for batch in powers(of: 1, upTo: problem.batch) {
      for side in powers(of: 1, upTo: max(problem.outWidth, problem.outHeight)) {
        for inChannels in powers(of: 1, upTo: problem.inChannels) {
          for outChannels in powers(of: problem.im2col ? 1 : machine.columns, upTo: problem.outChannels) {
            tilings.append([
              .batch: min(batch, problem.batch), .width: min(side, problem.outWidth),
              .height: min(side, problem.outHeight), .inChannels: min(inChannels, problem.inChannels),
              .outChannels: min(outChannels, problem.outChannels),
            ])
          }
        }
      }
    }
    return tilings
  }

  private var effectiveRows: Int {
    machine.rows * (machine.maxBits / max(problem.activationBits, machine.minBits))
      * (machine.maxBits / max(problem.weightBits, machine.minBits))
  }

  private var taps: Int { problem.kernelHeight * problem.kernelWidth }

  private func footprints(_ tile: [Loop: Int]) -> [Int] {
    let (b, ow, oh) = (tile[.batch]!, tile[.width]!, tile[.height]!)
    let (ic, oc) = (tile[.inChannels]!, tile[.outChannels]!)
    let rows = effectiveRows
    let weights = Self.ceiling(taps * ic, by: rows) * rows * oc * problem.weightBits
    let window =
      (problem.kernelWidth + (ow - 1) * problem.strideWidth)
      * (problem.kernelHeight + (oh - 1) * problem.strideHeight)
    let inputs = (problem.im2col ? ow * oh * taps : window) * ic * b * problem.activationBits
    let outputs = ow * oh * Self.ceiling(oc, by: machine.columns) * machine.columns * b * 32
    return [weights, problem.packed ? inputs * oc : inputs, outputs]
  }

  /// Whether an operand's tile changes with batch, width, height, input and output channels.
  private func depends(_ operand: Int, on loop: Int) -> Bool {
    switch operand {
    case 0: loop >= Loop.inChannels.rawValue
    case 1: loop != Loop.outChannels.rawValue || problem.packed
    default: loop != Loop.inChannels.rawValue
    }
  }

  /// Bits of weights, inputs and outputs.
  private struct Traffic {
    var moved: SIMD4<Int> = .zero
    var resident: SIMD4<Int> = .zero
  }

  /// Walks through the loops from the inside.
  private func move(
    _ operand: Int, _ footprint: Int, _ trips: [Int], _ order: [Int], _ traffic: inout Traffic
  ) {
    var (moved, resident, isOpen) = (footprint, footprint, true)
    for loop in order {
      if !isOpen {
        moved *= trips[loop]
      } else if depends(operand, on: loop) {
        moved *= trips[loop]
        if moved > machine.bufferBytes[operand] * 8 / 2 { isOpen = false } else { resident = moved }
      }
    }
    traffic.moved[operand] = moved
    traffic.resident[operand] = resident
  }

  private func stall(_ traffic: Traffic, compute: Int) -> Int {
    let (moved, resident) = (traffic.moved, traffic.resident)
    let width = machine.dramBitsPerCycle
    let first = resident[0] + resident[1] + resident[2]
    let rest = moved[0] + moved[1] + 2 * moved[2] - first - resident[2]
    return max(0, Self.ceiling(rest, by: width) - compute) + Self.ceiling(first, by: width)
      + Self.ceiling(resident[2], by: width)
  }

  /// What does not depend on the order of the loops.
  private struct Work {
    var compute: Int
    /// Bits that the array reads of weights and inputs, and reads and writes of partial sums.
    var array: [Int]
  }

  private func work(of tile: [Loop: Int], tiles: Int) -> Work {
    let pixels = tile[.batch]! * tile[.width]! * tile[.height]!
    let (ic, oc) = (tile[.inChannels]!, tile[.outChannels]!)
    let passes = Self.ceiling(oc, by: machine.columns)
    let steps =
      problem.im2col
      ? Self.ceiling(taps * ic, by: effectiveRows) : taps * Self.ceiling(ic, by: effectiveRows)
    return Work(
      compute: tiles * pixels * passes * steps,
      array: arrayAccesses(tiles: tiles, pixels: pixels, ic: ic, oc: oc, passes: passes, steps: steps))
  }

  private func answer(_ work: Work, _ traffic: Traffic, stall: Int) -> Answer {
    let moved = traffic.moved
    var answer = Answer(compute: work.compute, stall: stall)
    answer.dramReads = moved[0] + moved[1] + moved[2]
    answer.dramWrites = moved[2]
    answer.reads = [work.array[0], work.array[1], moved[2] + work.array[2]]
    answer.writes = [moved[0], moved[1], moved[2] + work.array[2]]
    answer.energy = energy(of: answer)
    return answer
  }

  /// Bits of weights, inputs and partial sums of the dataflow with the smallest score.
  private func arrayAccesses(
    tiles: Int, pixels: Int, ic: Int, oc: Int, passes: Int, steps: Int
  ) -> [Int] {
    let (w, a) = (problem.weightBits, problem.activationBits)
    let columns = passes * machine.columns
    let padded = steps * effectiveRows
    let inputStationary = padded * pixels * (a + columns * (w + 32))
    let outputStationary = columns * pixels * (32 + padded * (a + w))
    let weightStationary = padded * columns * (w + pixels * (a + 32))
    let values = taps * ic * pixels
    switch min(inputStationary, outputStationary, weightStationary) {
    case inputStationary: return [tiles * values * oc * w, tiles * values * a, tiles * values * oc * 32]
    case outputStationary:
      return [tiles * values * oc * w, tiles * values * oc * a, tiles * pixels * oc * 32]
    default: return [tiles * taps * ic * oc * w, tiles * values * oc * a, tiles * values * oc * 32]
    }
  }

  /// Summed in the order core; read and write of each buffer; DRAM read and write.
  private func energy(of answer: Answer) -> Double {
    var energy = Double(answer.compute) * machine.coreEnergy
    for operand in 0..<3 {
      energy += Double(answer.reads[operand]) * machine.readEnergy[operand]
      energy += Double(answer.writes[operand]) * machine.writeEnergy[operand]
    }
    energy += Double(answer.dramReads) * machine.dramEnergy
    return energy + Double(answer.dramWrites) * machine.dramEnergy
  }

  /// Fewest cycles, then least energy, then the rule of the README for equal energies.
  private static func isBetter(_ a: Answer, _ b: Answer) -> Bool {
    func rest(_ x: Answer) -> [Int] {
      [x.dramReads, x.dramWrites] + (0..<3).flatMap { [x.reads[$0], x.writes[$0]] } + [x.compute]
    }
    if a.compute + a.stall != b.compute + b.stall { return a.compute + a.stall < b.compute + b.stall }
    if a.energy != b.energy { return a.energy < b.energy }
    return rest(a).lexicographicallyPrecedes(rest(b))
  }
}
