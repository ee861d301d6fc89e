import Evaluation
import SQLite
import WorkerLaunchers

/// Where an evaluator of a session ran when it answered last, and what had befallen it until then.
public struct RecordedWorker: Hashable, Sendable {
  public var session: Int
  /// In the session, from 1.
  public var number: Int
  /// The other machine that it ran on, as its scheduler calls it; nil for that of the search.
  public var host: String?
  /// What the scheduler calls it; nil where it has no name for it.
  public var job: String?
  /// The accelerators that it may use; nil where it was given none.
  public var devices: String?
  /// How often it died or was killed.
  public var restarts: Int
  /// How long it waited to be run on another machine, in all.
  public var queueSeconds: Double

  init(_ place: WorkerPlace, number: Int, session: Int) {
    (self.session, self.number) = (session, number)
    host = place.hello?.host
    job = place.hello.flatMap { $0.job.isEmpty ? nil : $0.job }
    devices = place.hello.flatMap { $0.devices.isEmpty ? nil : $0.devices }
    (restarts, queueSeconds) = (place.restarts, place.queueSeconds)
  }
}

extension RecordedWorker: Codable {
  private enum CodingKeys: String, CodingKey {
    case session, host, job, devices, restarts
    case number = "worker"
    case queueSeconds = "queue_s"
  }

  /// Throws `ImpossibleFigure` for figures that cannot be.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    session = try container.decode(Int.self, forKey: .session)
    number = try container.decode(Int.self, forKey: .number)
    host = try container.decodeIfPresent(String.self, forKey: .host)
    job = try container.decodeIfPresent(String.self, forKey: .job)
    devices = try container.decodeIfPresent(String.self, forKey: .devices)
    restarts = try container.decode(Int.self, forKey: .restarts)
    queueSeconds = try container.decode(Double.self, forKey: .queueSeconds)
    for (figure, count, least) in [("session", session, 1), ("worker", number, 1), ("restarts", restarts, 0)]
    where count < least {
      throw ImpossibleFigure(figure, count, allowed: "at least \(least)")
    }
    guard (0...1e100).contains(queueSeconds) else {
      throw ImpossibleFigure("queue_s", queueSeconds, allowed: "0 to 1e100")
    }
  }
}

/// The workers of all sessions, one for each number of a session.
struct RecordedWorkers: Codable {
  private(set) var all: [RecordedWorker] = []

  init() {}

  init(from decoder: any Decoder) throws {
    all = try decoder.singleValueContainer().decode([RecordedWorker].self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(all)
  }

  /// Those that a study keeps.
  init(_ database: Database) throws {
    guard let text = try StudyDocument.workers.text(in: database) else { return }
    self = try StudyText.decode(Self.self, text)
  }

  /// Puts a worker in place of what was known of it.
  mutating func note(_ worker: RecordedWorker) {
    if let known = all.firstIndex(where: { $0.session == worker.session && $0.number == worker.number }) {
      all[known] = worker
    } else {
      all.append(worker)
    }
  }
}
