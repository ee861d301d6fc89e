import Foundation

/// Watches what else this machine does while something is measured on it.
public final class MachineWatch {
  private let files: MachineSample.Files
  private let processes: () -> [Int32]
  private let processors: Range<Int>
  private var samples: [MachineSample] = []
  private var last: ContinuousClock.Instant?

  /// How often it looks, at most.
  static let interval = Duration.seconds(1)

  /// Watches this machine.
  public convenience init() {
    self.init(
      files: { try? String(contentsOfFile: $0, encoding: .utf8) }, processes: Self.family,
      processors: 0..<min(1024, ProcessInfo.processInfo.processorCount))
  }

  init(files: @escaping MachineSample.Files, processes: @escaping () -> [Int32], processors: Range<Int>) {
    self.files = files
    self.processes = processes
    self.processors = processors
  }

  /// Looks, unless it has just done so.
  public func look(isLast: Bool = false) {
    let now = ContinuousClock.now
    if let last, now - last < Self.interval, !isLast { return }
    last = now
    take()
  }

  func take() {
    guard let sample = MachineSample(files: files, processes: processes(), processors: processors) else {
      return
    }
    samples.append(sample)
  }

  /// What was seen; nil before two looks, and where the system tells nothing.
  public var report: MachineReport? { MachineReport(samples) }

  /// This program and all that it has started, and what those have started.
  private static func family() -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    var children: [Int32: [Int32]] = [:]
    for process in names.compactMap({ Int32($0) }) {
      guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let end = status.lastIndex(of: ")")
      else { continue }
      let words = status[end...].split(separator: " ")
      guard words.count > 2, let parent = Int32(words[2]) else { continue }
      children[parent, default: []].append(process)
    }
    var family = [getpid()]
    var next = 0
    while next < family.count {
      family += children[family[next]] ?? []
      next += 1
    }
    return family
  }
}
