import CPlatform
import Glibc

/// Everything that leads to and from one sandbox, both ends of each.
struct Pipes {
  let channel: Int32
  let standardOutput: Int32
  let standardError: Int32
  let lifeline: Int32
  /// Standard input, output and error, channel and lifeline of the child, in that order.
  let child: [Int32]

  /// Nil, with errno set, when there are no more descriptors.
  init?() {
    var opened: [Int32] = []
    func pair(_ make: (UnsafeMutablePointer<Int32>) -> Int32) -> (Int32, Int32)? {
      var ends: [Int32] = [-1, -1]
      guard make(&ends) == 0 else { return nil }
      // Above the child's own numbers, so that none is overwritten before it is taken.
      ends = ends.map { cplatform_move_up($0, SandboxProcess.Descriptor.end) }
      opened += ends
      return ends.contains(-1) ? nil : (ends[0], ends[1])
    }
    func pipe() -> (Int32, Int32)? { pair { cplatform_pipe($0) } }
    let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
    let input = null < 0 ? -1 : cplatform_move_up(null, SandboxProcess.Descriptor.end)
    opened.append(input)
    guard input >= 0, let output = pipe(), let error = pipe(), let life = pipe(),
      let channel = pair({ socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, $0) })
    else {
      let reason = errno
      for descriptor in opened { close(descriptor) }
      errno = reason
      return nil
    }
    for descriptor in [output.0, error.0] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
    self.channel = channel.0
    standardOutput = output.0
    standardError = error.0
    lifeline = life.1
    child = [input, output.1, error.1, channel.1, life.0]
  }

  func closeChild() { for descriptor in child { close(descriptor) } }

  func closeParent() {
    for descriptor in [channel, standardOutput, standardError, lifeline] { close(descriptor) }
  }
}
