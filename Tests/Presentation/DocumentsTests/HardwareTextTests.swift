import Documents
import Rendering
import Testing

@Suite("Texts about hardware")
struct HardwareTextTests {
  private let caution = "The costs of edge are inferred: streams, clock and array are fitted to one figure."

  @Test("a cost has a row per layer, its share, and notes on what is not the layer's own")
  func cost() throws {
    let lines = Samples.lines(try Samples.read(CostDocument.self).text)
    #expect(lines.first == "small on edge, batch 16. MACs are of one sample, costs of the batch.")
    // Shares are of the 8 ms that the layers add up to, not of the 4 ms of the network.
    for line in [
      "stem convolution 3x56x56 -> 40x28x28, 3x3/2 846.7 k ▇▇▇▇▇▇▇▇ 8 ▇▇▇▇▇▇▇▇ 8 1.000 ms 900.0 µs - 1.100 ms 12.5 % compute",
      "deep depthwise 40x28x28 -> 40x28x28, 3x3 282.2 k ▇▇▇▇···· 4 ▇▇▇▇▇▇·· 6 8 ~3.000 ms 37.5 % weight traffic",
      // 846,720 + 282,240 + 3,010,560.
      "total 4.140 M 4.000 ms 7.500 ms - 8.500 ms",
      "latency of the network as a whole: 6.000 ms, while its layers add up to 8.000 ms (-25.00 %)",
      "energy: 2.000 mJ", "weight bytes: 1.500 kB",
      "On any hardware: weights 1.500 kB, activations at most 784 B at once.",
      "W4A6 is costed as W8A8 in 2 of 3 layers: edge rounds widths up to what it has.",
      "~ 1 of 3 layers has costs interpolated between measured widths.",
    ] { #expect(lines.contains(line), "\(line)") }
    #expect(lines.last == caution)
  }

  @Test("a cost without bounds, gaps and notes has no words about them")
  func plainCost() throws {
    var document = try Samples.read(CostDocument.self)
    document.networkGap = nil
    document.memory = nil
    document.target.evidence = nil
    document.interval = nil
    for index in document.layers.indices {
      document.layers[index].bound = nil
      document.layers[index].interval = nil
      document.layers[index].outputBits = nil
      document.layers[index].costedAs = nil
      document.layers[index].isInterpolated = nil
    }
    let text = document.text
    for word in ["bound by", "outputs", "as a whole", "On any hardware", "costed as", "~", "The costs of"] {
      #expect(!text.contains(word), "\(word)")
    }
    // Of the 4 ms of the network now.
    #expect(Samples.lines(text).contains { $0.hasSuffix("1.000 ms 25.0 %") })
  }

  @Test("an explanation marks the bound and says what fewer bits save")
  func explanation() throws {
    let lines = Samples.lines(try Samples.read(CostExplanationDocument.self).text)
    #expect(
      lines.prefix(3) == [
        "wide of small on edge at W4A4, batch 16", "costed as W8A8: edge rounds widths up to what it has",
        "convolution, 96 -> 320 channels, 14x14 outputs of 8 bits, kernel 1x1",
      ])
    for line in [
      "compute 1.000 ms 25.0 %", "weight traffic 4.000 ms 100.0 % <- bounds the layer", "latency 4.000 ms",
      "48.2 Goperations/s, 4.82 k operations per byte",
      // 1.5 of 2 mJ.
      "energy.dram 1.500 mJ 75.0 %",
    ] { #expect(lines.contains(line), "\(line)") }
    #expect(lines.contains { $0.hasPrefix("narrower weights W3A4, costed as W8A8 0 -1.000 mJ -250 B 0 0") })
    #expect(lines.last == caution)
  }

  @Test("an explanation without terms and savings says so")
  func silentTarget() throws {
    var document = try Samples.read(CostExplanationDocument.self)
    (document.terms, document.components, document.savings) = (nil, nil, [])
    #expect(document.text.contains("latency 4.000 ms; the target does not say where it comes from\n"))
    #expect(document.text.contains("Both operands have their narrowest width.\n"))
  }

  @Test("targets are listed with what they have, and what is not used")
  func targets() throws {
    let lines = Samples.lines(try Samples.read(TargetsDocument.self).text)
    #expect(
      lines.contains(
        "edge 1 1-8 bit 4, 8 bit latency, energy, weight_bytes, traffic_bytes, buffer_bytes inferred An edge board"
      ))
    #expect(lines.last == "old/edge.json is not used: specs/edge.json has the same id.")
    var none = try Samples.read(TargetsDocument.self)
    none.targets = []
    #expect(none.text == "No targets found.\n")
  }

  @Test("a target is described in sections")
  func description() throws {
    let lines = Samples.lines(try Samples.read(TargetDescriptionDocument.self).text)
    for line in [
      "edge: An edge board, version 1", "spec specs/edge.json (beside the program)",
      "evidence inferred: streams, clock and array are fitted to one figure.", "Model: plugin", "abi: 1.0",
      "cannot be used: its ABI is 2.0", "LUT 46372 70560 65.7 %", "A paper, doi:10.1000/1", "for clock_hz",
      "clock_hz 200000000 Hz A paper, table 2", "mode fast",
    ] { #expect(lines.contains(line), "\(line)") }
    #expect(lines.contains { $0.hasPrefix("SHA-256 cccc") && $0.hasSuffix(", not pinned by the spec") })
    #expect(
      lines.contains {
        $0.hasPrefix("table 3: convolution 3 -> 40 at W8A8: latency 4.000 ms, energy 2.000 mJ")
          && $0.hasSuffix("within a share of 0.01")
      })
  }

  @Test("a search for targets is reported place by place")
  func discovery() throws {
    #expect(
      try Samples.read(DiscoveryDocument.self).text == """
        haq searches for targets in this order, and uses the first file with an id.

        1. specs (HAQ_TARGETS)
             edge.json: used as edge
             broken.json: unusable:
               broken.json:1:1: error: never closed
               broken.json:2:1: error: no "id"
             notes.txt: ignored; its name does not end in .json
        2. /none (user data folder)
             does not exist

        haq searched for its model at:
             specs/libedge.so: absent
             lib/libedge.so: used; SHA-256 \(String(repeating: "c", count: 64))
             /usr/lib/libedge.so: not looked at; the one above was found

        A library is confined by: seccomp allow list, Landlock ABI 7, user+pid+net+ipc+mount namespaces
             required, or nothing is loaded: an allow list of system calls (seccomp); limits of memory, files, \
        threads and time
             where the kernel grants them: Landlock; namespaces of users, processes, network, IPC and mounts

        note: HAQ_ADD_TARGETS has no effect, because HAQ_TARGETS is set

        """)
  }

  @Test("checks have a line each, a summary, and verdicts for continuous integration")
  func check() throws {
    let document = try Samples.read(CheckDocument.self)
    #expect(
      document.text == """
        libraries are confined by: seccomp allow list, Landlock ABI 7, user+pid+net+ipc+mount namespaces

        edge (specs/edge.json)
          passed    spec/spec-valid                   S-1   the spec can be read
          warning   spec/sources-stated               S-9   nothing was compared
          failed    results/finite                    H-12  NaN for "stem" at W4A4
          timed out robustness/returns                H-20  no answer within 10 s
          skipped   load/pin-matches                  S-30  no pin
          1 passed, 1 warning, 1 failed, 1 timed out, 1 skipped


        """)
    let junit = document.junit.text
    #expect(junit.contains("<testsuites tests=\"5\" failures=\"2\" errors=\"0\" skipped=\"1\">"))
    #expect(junit.contains("name=\"sources-stated\"><system-out>warning: nothing was compared</system-out>"))
    #expect(junit.contains("<failure message=\"timed out, rule H-20: no answer within 10 s\"/>"))
    #expect(document.hasFailed)
  }

  @Test("a new target's next steps can be copied")
  func newTarget() throws {
    #expect(
      try Samples.read(NewTargetDocument.self).text == """
        Made my-chip:
          my-chip/my-chip.json
          my-chip/function.c

        Build it:
          (cd my-chip && cc -shared -o libmy-chip.so function.c)

        Then:
          haq check my-chip/my-chip.json
          haq cost fashion-mobilenet-v1 --target my-chip/my-chip.json
          haq search fashion-mobilenet-v1 --target my-chip/my-chip.json --latency 0.5x

        """)
  }
}
