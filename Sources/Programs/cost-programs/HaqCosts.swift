// The program's side of haq's cost protocol (docs/cost-programs.md): one file, Foundation alone.
//
//     serveCosts(program: "my-chip 1", device: "my chip", precisions: ["W4A8", "W8A8"]) { point in
//       ["latency_s": Double(point.batch * point.layer.macs * point.weightBits * point.activationBits) / 1e12]
//     }
//
// Compile it with your own file: swiftc -O main.swift HaqCosts.swift -o my-chip
import Foundation

/// A layer as docs/network.md section 2 has it; pairs are height and width, padding is top, left, bottom, right.
struct Layer: Decodable {
  var kind: String
  var groups: Int
  var inChannels: Int
  var outChannels: Int
  var input, output, kernel, stride, dilation, padding: [Int]

  private enum CodingKeys: String, CodingKey {
    case kind, groups, input, output, kernel, stride, dilation, padding
    case inChannels = "in_channels"
    case outChannels = "out_channels"
  }

  /// Numbers in the weights; for matmul, in its second operand.
  var weights: Int { outChannels * (inChannels / max(1, groups)) * kernel.reduce(1, *) }
  /// Multiply-accumulates of one sample.
  var macs: Int { weights * (kind == "transposed-convolution" ? input : output).reduce(1, *) }
  /// Numbers in the input of one sample.
  var inputs: Int { inChannels * input.reduce(1, *) }
  /// Numbers in the output of one sample.
  var outputs: Int { outChannels * output.reduce(1, *) }
}

/// A layer at widths and a batch, with the parameters of the spec.
struct CostPoint {
  var layer: Layer
  var weightBits: Int
  var activationBits: Int
  var batch: Int
  var parameters: [String: Double]
}

/// Thrown for a point that the target cannot run.
struct Unsupported: Error {
  var reason: String
  init(_ reason: String) { self.reason = reason }
}

/// Answers haq until its input ends or says quit; `cost` gives a number in SI units for each metric.
///
/// - Parameter parameters: Those that the spec may set, and their values where it does not.
func serveCosts(
  program: String, device: String, precisions: [String],
  layers: [String] = ["convolution", "depthwise", "fully-connected"], metrics: [String] = ["latency_s"],
  measured: Bool = false, parameters: [String: Double] = [:], cost: (CostPoint) throws -> [String: Double]
) {
  signal(SIGINT, SIG_IGN)
  // What the program prints itself must not be taken for a reply.
  let output = FileHandle(fileDescriptor: dup(STDOUT_FILENO))
  dup2(STDERR_FILENO, STDOUT_FILENO)
  var parameters = parameters
  while let line = readLine() {
    guard line.contains(where: { !$0.isWhitespace }) else { continue }
    var id: [String: Any] = [:]
    func send(_ reply: [String: Any]) {
      let reply = reply.merging(id) { own, _ in own }
      guard let bytes = try? JSONSerialization.data(withJSONObject: reply, options: .withoutEscapingSlashes)
      else {
        return
      }
      try? output.write(contentsOf: bytes + Data("\n".utf8))
    }
    do {
      let request = try JSONDecoder().decode(CostRequest.self, from: Data(line.utf8))
      id = ["id": request.id]
      switch request.method {
      case "quit": return
      case "describe":
        guard request.parameters?.protocol?.hasPrefix("haq.costs/1.") == true else {
          throw RequestError(code: "incompatible", message: "this program speaks haq.costs/1.0")
        }
        for (key, value) in request.parameters?.parameters ?? [:] {
          guard parameters.updateValue(value, forKey: key) != nil else {
            throw RequestError(code: "illegal", message: "this program knows no parameter \"\(key)\"")
          }
        }
        let description: [String: Any] = [
          "protocol": "haq.costs/1.0", "program": program, "device": device, "layers": layers,
          "precisions": precisions, "metrics": metrics, "measured": measured,
        ]
        send(["description": description])
      case "cost":
        guard let points = request.parameters?.points, let batch = request.parameters?.batch else {
          throw RequestError(code: "malformed", message: "the request has no points or no batch")
        }
        for (number, point) in points.enumerated() {
          do {
            guard layers.contains(point.layer.kind), precisions.contains(point.precision) else {
              throw Unsupported(
                "this program has no costs of \(point.layer.kind) layers at \(point.precision)")
            }
            let found = try cost(
              CostPoint(
                layer: point.layer, weightBits: point.weightBits, activationBits: point.activationBits,
                batch: batch,
                parameters: parameters))
            guard found.values.allSatisfy(\.isFinite) else {
              throw RequestError(code: "failed", message: "a cost of point \(number) is no finite number")
            }
            send(["point": number, "cost": found])
          } catch let unsupported as Unsupported {
            send(["point": number, "unsupported": unsupported.reason])
          }
        }
        send(["done": true])
      case "network":
        throw RequestError(code: "illegal", message: "this program does not say what networks cost")
      default: throw RequestError(code: "malformed", message: "there is no method \(request.method)")
      }
    } catch let error as RequestError {
      send(["error": ["code": error.code, "message": error.message]])
    } catch let error as DecodingError {
      send(["error": ["code": "malformed", "message": "the request cannot be read: \(error)"]])
    } catch {
      send(["error": ["code": "failed", "message": "\(error)"]])
    }
  }
}

private struct RequestError: Error {
  var code: String
  var message: String
}

private struct CostRequest: Decodable {
  var id: Int
  var method: String
  var parameters: Parameters?

  struct Parameters: Decodable {
    var `protocol`: String?
    var parameters: [String: Double]?
    var batch: Int?
    var points: [Point]?
  }

  struct Point: Decodable {
    var layer: Layer
    var weightBits: Int
    var activationBits: Int
    var precision: String { "W\(weightBits)A\(activationBits)" }

    private enum CodingKeys: String, CodingKey {
      case layer
      case weightBits = "weight_bits"
      case activationBits = "activation_bits"
    }
  }
}
