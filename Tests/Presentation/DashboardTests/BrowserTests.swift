import FixtureBuilding
import Foundation
import StudyBuilding
import Testing

/// The dashboard as a real browser shows it, while its study is written.
struct BrowserTests {
  static let hasChromium = FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")

  /// `Tests/Presentation/Browser/watch-dashboard` looks and clicks; it says when the study is to grow.
  @Test(
    "points appear by themselves in Chromium, and a click on one shows the bits of its policy, which stay",
    .enabled(if: hasChromium, "Debian's package chromium is not installed"))
  func chromium() throws {
    let dashboard = try RunningDashboard()
    try dashboard.study.measure(weight: 4, activation: 4, accuracy: 0.5)
    try dashboard.study.measure(weight: 8, activation: 8, accuracy: 0.75)
    let profile = FileManager.default.temporaryDirectory.appending(path: "haq-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: profile) }

    let browser = Process()
    browser.executableURL = URL(filePath: "/usr/bin/python3")
    browser.arguments = [
      "-B", "\(Places.package)/Tests/Presentation/Browser/watch-dashboard",
      "http://127.0.0.1:\(dashboard.port)/\(dashboard.token)/", profile,
    ]
    let (input, output) = (Pipe(), Pipe())
    for pipe in [input, output] {
      for handle in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
        // A program that another test starts meanwhile must not hold these open.
        _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
      }
    }
    (browser.standardInput, browser.standardOutput, browser.standardError) = (input, output, output)
    try browser.run()
    // Each is on the front: more accurate than the cheaper ones.
    var next = [(5, 0.6), (6, 0.7)][...]
    var (said, grown) = ("", 0)
    while case let data = output.fileHandleForReading.availableData, !data.isEmpty {
      said += String(decoding: data, as: UTF8.self)
      // Counted in all that was said: a line may arrive in pieces, as Python writes it with PYTHONUNBUFFERED.
      guard
        said.split(separator: "\n", omittingEmptySubsequences: false).dropLast().count(where: { $0 == "grow" }
        ) > grown,
        let (bits, accuracy) = next.popFirst()
      else { continue }
      grown += 1
      try dashboard.study.measure(weight: bits, activation: bits, accuracy: accuracy, isBest: false)
      try input.fileHandleForWriting.write(contentsOf: Data("done\n".utf8))
    }
    browser.waitUntilExit()
    #expect(browser.terminationStatus == 0, "\(said)")
    #expect(next.isEmpty && said.contains("seen: other bits per layer"), "\(said)")
  }
}
