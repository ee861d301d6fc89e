import Evaluation
import FixtureBuilding
import Foundation

extension FakeCluster {
  /// With an evaluator of shell.
  ///
  /// - Parameters:
  ///   - queue: What `srun` does before the command runs.
  ///   - body: What the evaluator does with each policy; `$bits` are those of the first layer's weights. The host is in
  ///     `$SLURMD_NODENAME`.
  convenience init(queue: String = "", evaluator body: String) throws {
    try self.init(queue: queue)
    try program(
      """
      #!/bin/sh
      cd "${0%/*}"
      while read line; do
        id=$(echo "$line" | sed 's/.*"id":\\([0-9]*\\).*/\\1/')
        bits=$(echo "$line" | sed 's/.*"weight_bits":\\([0-9]*\\).*/\\1/')
        case "$line" in
          *describe*) echo "{\\"id\\":$id,\\"description\\":{\\"protocol\\":\\"haq.evaluator/1.2\\",\\"program\\":\\"fake 1\\",\
      \\"network\\":\\"tiny\\",\\"layers\\":[\\"a\\",\\"b\\"],\\"data\\":\\"none\\",\\"training_samples\\":1,\
      \\"validation_samples\\":7,\\"test_samples\\":3}}" ;;
          *)
            echo "$bits" >> asked
            \(body)
            echo "{\\"id\\":$id,\\"evaluation\\":{\\"accuracy\\":0.0$bits,\\"loss\\":1,\\"samples\\":7}}" ;;
        esac
      done
      """, "evaluator")
  }

  var evaluator: EvaluatorLaunch {
    var launch = EvaluatorLaunch(
      executable: folder.url.appending(path: "evaluator"), arguments: ["an argument"])
    launch.restarts = 2
    launch.log = folder.url.appending(path: "log")
    return launch
  }
}
