import Foundation

/// A folder with an `srun` of shell, which runs its command here.
package final class FakeCluster {
  package let folder: TemporaryFolder
  package var environment: [String: String] { ["PATH": "\(folder.path):/usr/bin:/bin"] }

  /// Passes over its options, waits in its queue, and becomes the command on a host of its own. Its calls are in `calls`.
  ///
  /// - Parameters:
  ///   - queue: What `srun` does before the command runs, in the folder.
  ///   - folder: Where it lies.
  package init(queue: String = "", in folder: TemporaryFolder? = nil) throws {
    self.folder = try folder ?? TemporaryFolder()
    try program(
      """
      #!/bin/sh
      here="$PWD"
      cd "${0%/*}"
      printf '%s\\n' "$*" >> calls
      while [ "${1#-}" != "$1" ]; do shift; done
      \(queue)
      export SLURMD_NODENAME=node$(wc -l < calls) SLURM_JOB_ID=7 SLURM_STEP_ID=0 CUDA_VISIBLE_DEVICES=0,1
      echo "a line of the cluster's"
      cd "$here"
      exec "$@"
      """, "srun")
  }

  /// Writes a program that can be run.
  package func program(_ text: String, _ name: String) throws {
    let path = try folder.write(text + "\n", to: name)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  /// The lines of a file.
  package func lines(_ name: String) throws -> [String] {
    try String(contentsOfFile: folder.path(name), encoding: .utf8).split(separator: "\n").map(String.init)
  }
}
