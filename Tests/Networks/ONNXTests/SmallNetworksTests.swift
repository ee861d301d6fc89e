import FixtureBuilding
import Foundation
import Testing

/// Files of a few kilobytes that describe gigabytes, read by `haq` in 2 GiB of address space.
@Suite("Small ONNX files that ask for much") struct SmallNetworksTests {
  typealias Node = ForeignModel.Node
  typealias Tensor = ForeignModel.Tensor

  private func refusal(_ change: (inout ForeignModel) -> Void) throws -> String {
    let folder = try TemporaryFolder()
    var model = ForeignModel()
    change(&model)
    let bytes = model.data
    #expect(bytes.count < 200_000)
    try bytes.write(to: URL(filePath: folder.path("net.onnx")))
    let run = try LimitedRun("haq", ["network", "show", "net.onnx"], in: folder.path)
    #expect(run.exitCode == 1, "\(run.exitCode) \(run.output.suffix(400))")
    return run.output
  }

  private static let tooLarge = "together exceed the size limit of 1073741824 bytes"

  @Test("doubling weights or a shape forty times", arguments: [false, true])
  func doublings(ofShape: Bool) throws {
    let refusal = try refusal { model in
      model.initializers = [Tensor("v0", [1], [1])]
      model.nodes = ofShape ? [Node("shape", "Shape", ["x"], ["v0"])] : []
      if ofShape { model.initializers = [] }
      model.nodes += (0..<40).map {
        Node("join\($0)", "Concat", ["v\($0)", "v\($0)"], ["v\($0 + 1)"], ["axis": .integer(0)])
      }
      model.nodes.append(Node("last", ofShape ? "Reshape" : "Add", ["x", "v40"], ["y"]))
    }
    #expect(refusal.contains(Self.tooLarge))
  }

  @Test("a column and a row of 2^20 numbers side by side", arguments: ["Add", "Max", "Less", "Where", "Mod"])
  func broadcasting(_ kind: String) throws {
    let refusal = try refusal { model in
      model.initializers = [
        Tensor("from", integers: [0]), Tensor("to", integers: [1 << 20]), Tensor("by", integers: [1]),
        Tensor("column", integers: [-1, 1]), Tensor("row", integers: [1, -1]),
      ]
      model.nodes = [
        Node("range", "Range", ["from", "to", "by"], ["r"]),
        Node("c", "Reshape", ["r", "column"], ["rc"]), Node("r", "Reshape", ["r", "row"], ["rr"]),
        Node("big", kind, kind == "Where" ? ["rc", "rc", "rr"] : ["rc", "rr"], ["z"]),
        Node("last", "Reshape", ["x", "z"], ["y"]),
      ]
    }
    #expect(refusal.contains(Self.tooLarge))
  }

  @Test("picking rows of 2^20 numbers by 2^20 indices", arguments: ["Gather", "GatherND"])
  func gathering(_ kind: String) throws {
    let refusal = try refusal { model in
      model.initializers = [
        Tensor("row", integers: [1, 1 << 20]),
        Tensor("list", integers: kind == "Gather" ? [1 << 20] : [1 << 20, 1]),
      ]
      model.nodes = [
        Node("data", "ConstantOfShape", ["row"], ["d"]),
        Node("zeros", "ConstantOfShape", ["list"], ["i"], ["value": .tensor(Tensor("", integers: [0]))]),
        Node("big", kind, ["d", "i"], ["z"]), Node("last", "Add", ["x", "z"], ["y"]),
      ]
    }
    #expect(refusal.contains(Self.tooLarge))
  }

  /// Each element that is picked is a number of the graph.
  @Test("an axis of 2^40, or many of 2^20, taken backwards", arguments: [(1 << 40, 1), (1 << 20, 300)])
  func backwards(extent: Int64, count: Int) throws {
    let refusal = try refusal { model in
      model.inputs[0].dimensions = [nil, extent]
      model.initializers = [
        Tensor("start", integers: [-1]), Tensor("end", integers: [-1 << 62]), Tensor("axis", integers: [1]),
        Tensor("step", integers: [-1]),
      ]
      model.nodes = (0..<count).map {
        Node(
          "turn\($0)", "Slice", [$0 == 0 ? "x" : "v\($0)", "start", "end", "axis", "step"],
          [$0 == count - 1 ? "y" : "v\($0 + 1)"])
      }
    }
    #expect(refusal.contains(Self.tooLarge))
  }

  @Test("a number for each of 2^38 channels, which only their groups have")
  func channels() throws {
    let refusal = try refusal { model in
      model.opset = 18
      model.inputs[0].dimensions = [nil, 1 << 38, 1]
      model.initializers = [Tensor("count", integers: [1 << 20])]
      model.nodes = [
        Node("zeros", "ConstantOfShape", ["count"], ["s"]),
        Node("norm", "GroupNormalization", ["x", "s", "s"], ["y"], ["num_groups": .integer(1 << 20)]),
      ]
    }
    #expect(refusal.contains(Self.tooLarge))
  }

  @Test("2^27 channels, whose changes are kept in double precision")
  func normalization() throws {
    let refusal = try refusal { model in
      model.inputs[0].dimensions = [nil, 1 << 27]
      model.initializers = [Tensor("count", integers: [1 << 27])]
      model.nodes = [
        Node("ones", "ConstantOfShape", ["count"], ["s"], ["value": .tensor(Tensor("", [1], [1]))]),
        Node("norm", "BatchNormalization", ["x", "s", "s", "s", "s"], ["y"]),
      ]
    }
    #expect(refusal.contains(Self.tooLarge))
  }
}
