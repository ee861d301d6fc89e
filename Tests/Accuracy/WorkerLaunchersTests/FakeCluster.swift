import Evaluation
import FixtureBuilding
import Foundation

/// A folder with an `srun` of shell, which runs its command here, and an evaluator of shell.
final class FakeCluster {
  let folder: TemporaryFolder
  var environment: [String: String] { ["PATH": "\(folder.path):/usr/bin:/bin"] }

  /// Passes over its options, waits in its queue, and becomes the command on a host of its own.
  private static let srun = """
    #!/bin/sh
    cd "${0%/*}"
    printf '%s\\n' "$*" >> calls
    while [ "${1#-}" != "$1" ]; do shift; done
    """

  /// - Parameters:
  ///   - queue: What `srun` does before the command runs.
  ///   - body: What the evaluator does with each policy; `$bits` are those of the first layer's weights. The host is in
  ///     `$SLURMD_NODENAME`.
  init(queue: String = "", evaluator body: String = "") throws {
    folder = try TemporaryFolder()
    try program(
      """
      \(Self.srun)
      \(queue)
      export SLURMD_NODENAME=node$(wc -l < calls) SLURM_JOB_ID=7 SLURM_STEP_ID=0 CUDA_VISIBLE_DEVICES=0,1
      echo "a line of the cluster's"
      exec "$@"
      """, "srun")
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

  private func program(_ text: String, _ name: String) throws {
    let path = try folder.write(text + "\n", to: name)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  var evaluator: EvaluatorLaunch {
    var launch = EvaluatorLaunch(
      executable: folder.url.appending(path: "evaluator"), arguments: ["an argument"])
    launch.restarts = 2
    launch.log = folder.url.appending(path: "log")
    return launch
  }

  func lines(_ name: String) throws -> [String] {
    try String(contentsOfFile: folder.path(name), encoding: .utf8).split(separator: "\n").map(String.init)
  }
}
