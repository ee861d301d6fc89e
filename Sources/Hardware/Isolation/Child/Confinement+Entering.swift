import CConfinement
import Glibc

extension Confinement {
  /// Confines this process for ever, as docs/threat-model.md says; nothing may be loaded when this throws.
  ///
  /// Returns in a child of the process that called it. No other thread may exist.
  init(entering arguments: SandboxArguments) throws(Unconfined) {
    func required(_ step: String, _ body: () -> Int32) throws(Unconfined) {
      guard body() == 0 else { throw Unconfined("\(step): \(String(cString: strerror(errno)))") }
    }
    var namespaces: UInt32 = 0
    var landlock: UInt32 = 0
    let wanted = arguments.bestEffort.contains(.namespaces) ? UInt32(CONFINEMENT_ALL_NAMESPACES) : 0
    try required("signals", confinement_default_faults)
    // The lifeline is one of the first steps: if the program is already gone, the channel tells.
    try required("a process that watches over it") {
      confinement_split(SandboxProcess.Descriptor.lifeline, wanted, arguments.threads, &namespaces)
    }
    try required("capabilities", confinement_drop_capabilities)
    try required("limits of resources") {
      confinement_limit_resources(
        arguments.addressSpaceBytes, arguments.openFiles, arguments.processorSeconds)
    }
    if arguments.bestEffort.contains(.landlock) {
      try required("Landlock") {
        let paths = arguments.readablePaths.map { strdup($0) }
        defer { for path in paths { free(path) } }
        return (paths.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer {
          $0.baseAddress.map { confinement_restrict_reading($0, &landlock) } ?? -1
        }
      }
    }
    try required("the filter of system calls", confinement_restrict_calls)
    if let escape = confinement_first_escape(landlock) {
      throw Unconfined("the system lets it do what must be refused: \(String(cString: escape))")
    }
    self.init(landlockVersion: landlock, namespaceBits: namespaces)
  }
}

/// A step of the confinement that the system refuses.
struct Unconfined: Error {
  /// Continues "cannot be confined: ...".
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
