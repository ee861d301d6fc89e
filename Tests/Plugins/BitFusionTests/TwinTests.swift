import Core
import PluginDesigns
import RandomNumbers
import Testing

@Suite("bitfusion against a brute-force twin")
struct TwinTests {
  /// A machine, a layer for it, a batch and widths.
  struct Case {
    var machine: BruteForceTwin.Machine
    var isPacked: Bool
    var readsInput: Bool
    var batch: Int
    var layer: Layer
    var precision: Precision

    var design: Design {
      var parameters: [String: Parameter.Value] = [
        "clock_hz": .number(1e9), "array.rows": .number(Double(machine.rows)),
        "array.columns": .number(Double(machine.columns)),
        "array.core_j_per_cycle": .number(machine.coreEnergy),
        "precision.max_bits": .number(Double(machine.maxBits)),
        "precision.min_bits": .number(Double(machine.minBits)),
        "dram.bits_per_cycle": .number(Double(machine.dramBitsPerCycle)),
        "dram.j_per_bit": .number(machine.dramEnergy), "depthwise": .text(isPacked ? "packed" : "repeat"),
        "im2col_layers": .number(readsInput ? 1 : 0),
      ]
      for (operand, name) in ["weights", "inputs", "outputs"].enumerated() {
        parameters["\(name).buffer_bytes"] = .number(Double(machine.bufferBytes[operand]))
        parameters["\(name).read_j_per_bit"] = .number(machine.readEnergy[operand])
        parameters["\(name).write_j_per_bit"] = .number(machine.writeEnergy[operand])
      }
      return Design(library: "libbitfusion.so", parameters: parameters, batch: batch)
    }

    /// How often the twin's problem is repeated, and the problem.
    var twin: (repetitions: Int, twin: BruteForceTwin) {
      let packed = isPacked && layer.kind == .depthwise
      let problem = BruteForceTwin.Problem(
        batch: batch, outHeight: layer.output.height, outWidth: layer.output.width,
        inChannels: layer.inputChannels / layer.groups,
        outChannels: packed ? layer.outputChannels : layer.outputChannels / layer.groups,
        kernelHeight: layer.kernel.height, kernelWidth: layer.kernel.width,
        strideHeight: layer.stride.height, strideWidth: layer.stride.width,
        im2col: readsInput && layer.kind == .convolution, packed: packed,
        weightBits: precision.weight.bits, activationBits: precision.activation.bits)
      return (packed ? 1 : layer.groups, BruteForceTwin(machine: machine, problem: problem))
    }
  }

  static func machine(_ random: inout SeededGenerator) -> BruteForceTwin.Machine {
    func pick(_ values: [Int]) -> Int { values.randomElement(using: &random)! }
    // A machine without energies decides ties by the last rule alone.
    let scale: Double = Int.random(in: 0..<4, using: &random) == 0 ? 0 : 1e-12
    func energies() -> [Double] { (0..<3).map { _ in scale * .random(in: 0.01...1, using: &random) } }
    let maxBits = pick([4, 8, 8, 16])
    return BruteForceTwin.Machine(
      rows: pick([2, 3, 4, 16]), columns: pick([1, 2, 3, 8, 32]), maxBits: maxBits,
      minBits: pick([1, 2, 2, 4]),
      bufferBytes: (0..<3).map { _ in pick([32, 100, 300, 1000, 4000, 20_000]) },
      readEnergy: energies(), writeEnergy: energies(), coreEnergy: scale * 100, dramEnergy: scale * 15,
      dramBitsPerCycle: pick([1, 7, 64, 192, 4096]))
  }

  static func layer(_ random: inout SeededGenerator) -> Layer {
    func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }
    let output = Extent(height: number(1...9), width: number(1...9))
    let kernel = Extent(height: number(1...3), width: number(1...3))
    let stride = Extent(height: number(1...2), width: number(1...2))
    switch number(0...3) {
    case 0:
      let channels = number(1...40)
      return Layer(
        name: "depthwise", kind: .depthwise, groups: channels, inputChannels: channels,
        outputChannels: channels, input: output, output: output, kernel: kernel, stride: stride)
    case 1:
      return Layer(
        name: "fully connected", kind: .fullyConnected, inputChannels: number(1...300),
        outputChannels: number(1...100))
    default:
      let groups = number(1...2)
      let square = Bool.random(using: &random)
      return Layer(
        name: "convolution", kind: .convolution, groups: groups, inputChannels: groups * number(1...40),
        outputChannels: groups * number(1...40), input: output,
        output: square ? Extent(square: output.height) : output, kernel: kernel, stride: stride)
    }
  }

  static func cases(_ count: Int) -> [Case] {
    var random = SeededGenerator(seed: 2018)
    return (0..<count).map { _ in
      let machine = machine(&random)
      return Case(
        machine: machine, isPacked: .random(using: &random), readsInput: .random(using: &random),
        batch: .random(in: 1...9, using: &random), layer: layer(&random),
        precision: Precision(
          .random(in: 1...machine.maxBits, using: &random), .random(in: 1...machine.maxBits, using: &random)))
    }
  }

  @Test("finds the twin's optimum, counter by counter, for 400 random machines and layers")
  func agreesWithTwin() throws {
    var costed = 0
    var stalling = 0
    for test in Self.cases(400) {
      let counters = try Counters.of(
        [Point(layer: 0, precision: test.precision)], [test.layer], on: test.design)[0]
      let (repetitions, twin) = test.twin
      guard let answer = twin.answer() else {
        #expect(counters == nil, "\(test)")
        continue
      }
      costed += 1
      if answer.stall > answer.compute { stalling += 1 }
      let got = try #require(counters, "\(test)")
      let expected = [
        "total_cycles": answer.compute + answer.stall, "compute_cycles": answer.compute,
        "mem_stall_cycles": answer.stall, "wbuf_read_bits": answer.reads[0],
        "wbuf_write_bits": answer.writes[0], "ibuf_read_bits": answer.reads[1],
        "ibuf_write_bits": answer.writes[1], "obuf_read_bits": answer.reads[2],
        "obuf_write_bits": answer.writes[2], "dram_read_bits": answer.dramReads,
        "dram_write_bits": answer.dramWrites,
      ].mapValues { $0 * repetitions }
      #expect(got.integers == expected, "\(test)")
      let energy = answer.energy * Double(repetitions)
      #expect(abs(got.joules["e_total"]! - energy) <= 1e-12 * energy, "\(test)")
    }
    // Guards the test itself: most must fit, and both regimes must have been seen.
    #expect(costed > 250)
    #expect(stalling > 50 && costed - stalling > 50)
  }
}
