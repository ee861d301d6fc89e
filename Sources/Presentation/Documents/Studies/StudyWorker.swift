import Core
import Rendering
import Studies

/// An evaluator of a study: where it ran, how fast it was, and what befell it.
public struct StudyWorker: Hashable, Sendable, Codable {
  /// The process of haq that asked it.
  public var session: Int
  /// In the session, from 1.
  public var number: Int
  /// The machine that it ran on last.
  public var host: String
  /// What its scheduler calls it; absent where it has no name for it.
  public var job: String?
  /// The accelerators that it may use; absent where it was given none.
  public var devices: String?
  /// Recorded ones.
  public var evaluations: Int
  /// From the beginning of its first evaluation to the end of its last; absent when the clock did not move forward.
  public var evaluationsPerMinute: Double?
  /// How often it died or was killed; absent in studies of programs that did not keep it.
  public var restarts: Int?
  /// How long it waited to be run on another machine, in all; absent on the machine of the search.
  public var queueSeconds: Double?

  private enum CodingKeys: String, CodingKey {
    case session, host, job, devices, evaluations, restarts
    case number = "worker"
    case evaluationsPerMinute = "evaluations_per_minute"
    case queueSeconds = "queue_s"
  }

  init(_ worker: StudyPace.Worker, _ place: RecordedWorker?, of session: StudySession?) {
    (self.session, number) = (worker.session, worker.number)
    host = place?.host ?? session?.host ?? "unknown"
    (job, devices) = (place?.job, place?.devices)
    (evaluations, evaluationsPerMinute) = (worker.answers, worker.answersPerMinute)
    restarts = place?.restarts
    queueSeconds = place?.host == nil ? nil : place?.queueSeconds
  }

  /// Of all sessions, by session and number.
  static func all(
    _ pace: StudyPace, _ places: [RecordedWorker], _ sessions: [StudySession]
  ) -> [StudyWorker] {
    pace.allWorkers.map { worker in
      StudyWorker(
        worker, places.first { $0.session == worker.session && $0.number == worker.number },
        of: sessions.first { $0.number == worker.session })
    }
  }
}

extension StudyWorker {
  /// Whether there is more to say than that one evaluator of this machine answered, session after session.
  static func areSeveral(_ workers: [StudyWorker]) -> Bool {
    workers.contains { $0.number > 1 || $0.queueSeconds != nil || ($0.restarts ?? 0) > 0 }
  }

  static let titles = ["session", "worker", "host", "evaluations", "a minute", "restarts", "in the queue"]

  /// One for each title.
  var cells: [String] {
    let rate = evaluationsPerMinute.map { "\(($0 * 10).rounded() / 10)" }
    return [
      "\(session)", "\(number)", place, "\(evaluations)", rate ?? "", restarts?.description ?? "",
      queueSeconds.map(Quantity.seconds) ?? "",
    ]
  }

  /// Such as `node1 (job 17.0, devices 0,1)`.
  var place: String {
    let details = [job.map { "job \($0)" }, devices.map { "devices \($0)" }].compactMap(\.self)
    return host + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
  }

  /// A table for a terminal.
  static func text(_ workers: [StudyWorker]) -> String {
    var table = TextTable(titles.map { .init($0, $0 == "host" ? .left : .right) })
    for worker in workers { table.add(worker.cells) }
    return table.text
  }
}
