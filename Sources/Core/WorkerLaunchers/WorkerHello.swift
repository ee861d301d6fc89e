/// Where an evaluator on another machine runs: the first line that it sends, before any of its replies.
///
/// `docs/launchers.md` is normative. The line comes from the shell or program that runs the evaluator there, which also
/// says with which status the evaluator ended. Without those last words, the worker was lost, not the evaluator at fault.
public struct WorkerHello: Hashable, Sendable {
  /// The machine, as its scheduler calls it.
  public var host: String
  /// What the scheduler calls the worker, such as `17.0`; empty where it has no name for it.
  public var job: String
  /// The accelerators that the worker may use, such as `0,1`; empty where it was given none.
  public var devices: String

  public init(host: String, job: String = "", devices: String = "") {
    (self.host, self.job, self.devices) = (host, job, devices)
  }

  private static let version = "haq.worker/1.0"
  /// Longer fields are of another program.
  private static let longestField = 1000

  /// Nil for a line of another kind, such as one that a cluster prints before each job.
  init?(line: String) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 5, fields[0] == Self.version, fields[1] == "hello", !fields[2].isEmpty,
      fields.allSatisfy({ $0.count <= Self.longestField })
    else { return nil }
    self.init(host: fields[2], job: fields[3], devices: fields[4])
  }

  /// With which status the evaluator ended, where a line says so; it may stand behind a reply that was never finished.
  ///
  /// JSON writes tabs inside of texts as `\t`, so no reply contains these words.
  static func exitStatus(in line: String) -> Int? {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard fields.count >= 3, fields[fields.count - 2] == "exit",
      fields[fields.count - 3].hasSuffix(version), let status = Int(fields[fields.count - 1]),
      (0...255).contains(status)
    else { return nil }
    return status
  }

  /// A script of `/bin/sh` that says hello, runs its arguments as a command, and says how that ended.
  ///
  /// A scheduler that cancels a worker may kill the command a moment before the shell. So after a SIGKILL the shell waits
  /// until it would be dead, too, before it says that the command ended by itself.
  ///
  /// - Parameters:
  ///   - host: The words of the shell for the machine.
  ///   - job: Those for the scheduler's name of the worker.
  public static func script(host: String, job: String) -> String {
    """
    printf '\(version)\\thello\\t%s\\t%s\\t%s\\n' "\(host)" "\(job)" "$CUDA_VISIBLE_DEVICES"; \
    "$@"; status=$?; [ $status -ne 137 ] || sleep 2; printf '\(version)\\texit\\t%s\\n' $status; exit $status
    """
  }
}
