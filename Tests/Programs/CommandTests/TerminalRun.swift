import FixtureBuilding
import Foundation
import Glibc

/// The built `haq` with its standard error on a pseudo-terminal.
final class TerminalRun {
  let process = Process()
  private let terminal: Int32
  /// Everything that was written to the terminal.
  private(set) var written = Data()

  init(
    _ arguments: [String], in folder: String, columns: UInt16, environment: [String: String] = [:]
  ) throws {
    // What posix_openpt, unlockpt and ptsname do, which Swift does not see: TIOCSPTLCK and TIOCGPTN of tty_ioctl(4).
    terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var (lock, number): (Int32, Int32) = (0, 0)
    guard terminal >= 0, ioctl(terminal, 0x4004_5431, &lock) == 0, ioctl(terminal, 0x8004_5430, &number) == 0
    else { throw NoTerminal() }
    let side = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard side >= 0 else { throw NoTerminal() }
    resize(columns: columns)
    process.executableURL = URL(filePath: try Places.builtLibrary("haq"))
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["HAQ_TARGETS": "\(Places.package)/hardware-specs", "TERM": "xterm"]
      .merging(environment) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(fileDescriptor: side, closeOnDealloc: false)
    try process.run()
    close(side)
  }

  deinit { close(terminal) }

  private struct NoTerminal: Error {}

  func resize(columns: UInt16) {
    var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
  }

  /// Reads until the text has `mark` or so many bytes, or to the end, at most two minutes.
  func read(until mark: String? = nil, atLeast count: Int = .max) {
    let deadline = ContinuousClock.now + .seconds(120)
    var buffer = [UInt8](repeating: 0, count: 65536)
    while ContinuousClock.now < deadline {
      if let mark, text.contains(mark) { return }
      if written.count >= count { return }
      var waiting = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 1000) > 0 else { continue }
      let received = Glibc.read(terminal, &buffer, buffer.count)
      // The other side is closed.
      guard received > 0 else { return }
      written.append(contentsOf: buffer[..<received])
    }
  }

  var text: String { String(decoding: written, as: UTF8.self) }
}
