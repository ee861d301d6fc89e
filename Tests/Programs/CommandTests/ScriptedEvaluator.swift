import Foundation

/// An evaluator of `TinyNetwork` in a few lines of Python, as a user would bring one; answers at once.
///
/// The accuracy of a policy is its mean weight width in percent, so that it can be told by hand.
enum ScriptedEvaluator {
  /// - Parameters:
  ///   - victimDoes: What happens to the third policy it is ever asked about, whenever it is asked about that: Python.
  ///   - answerDelaySeconds: How long each answer takes.
  ///   - latencySeconds: What it claims to have measured on a board, for every policy.
  ///   - states: Further keys of its description, as in a Python dictionary.
  ///   - refusedBits: A width of weights that it refuses, whatever it states.
  /// - Returns: What `--evaluator` takes.
  static func write(
    to folder: String, victimDoes: String? = nil, answerDelaySeconds: Double = 0,
    latencySeconds: Double? = nil, states: String = "", refusedBits: Int? = nil
  ) throws -> String {
    let text = """
      import fcntl, json, sys, time

      def reply(id, **body):
          print(json.dumps({"id": id, **body}), flush=True)

      for line in sys.stdin:
          request = json.loads(line)
          if request["method"] == "describe":
              reply(request["id"], description={
                  \(states)
                  "protocol": "haq.evaluator/1.3", "program": "scripted 1", "network": "tiny",
                  "layers": ["stem", "depthwise", "pointwise", "classifier"], "data": "none", "training_samples": 100,
                  "validation_samples": 100, "test_samples": 100})
              continue
          if request["method"] == "quit":
              break
          time.sleep(\(answerDelaySeconds))
          parameters = request["parameters"]
          bits = [layer["weight_bits"] for layer in parameters.get("policy") or []]
          asked = json.dumps(parameters.get("policy"))
          if \(victimDoes == nil ? "False" : "bits"):
              # Several evaluators count together: one at a time looks and adds.
              with open("asked", "a+") as file:
                  fcntl.flock(file, fcntl.LOCK_EX)
                  file.seek(0)
                  known = file.read().splitlines()
                  if asked not in known:
                      file.write(asked + "\\n")
                      known.append(asked)
              if known.index(asked) == 2:
                  \(victimDoes ?? "pass")
          if \(refusedBits.map { "\($0) in bits" } ?? "False"):
              reply(request["id"], error={"code": "illegal", "message": "\(refusedBits ?? 0)-bit weights are not possible"})
              continue
          accuracy = sum(bits) / len(bits) / 100 if bits else 0.5
          reply(request["id"], evaluation={
              "accuracy": accuracy, "loss": 1.0, "samples": parameters.get("samples") or 100,
              "latency_s": \(latencySeconds.map { "\($0) if bits else None" } ?? "None")})
      """
    try Data(text.utf8).write(to: URL(filePath: "\(folder)/evaluator.py"))
    return "/usr/bin/python3 evaluator.py"
  }
}
