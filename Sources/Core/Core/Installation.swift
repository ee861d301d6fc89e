import Foundation

/// Where haq's own files are, seen from one of its programs: side by side in a build folder, or below one prefix
/// after `make install`. Nothing depends on where the prefix is, so it may be moved.
public struct Installation: Hashable, Sendable {
  /// The folder of the program.
  public let folder: String
  /// The folder above `bin` or `libexec/haq`.
  public let prefix: String

  /// - Parameter program: The absolute path of the program, symbolic links resolved.
  public init(program: String) {
    var parts = program.split(separator: "/").dropLast()
    folder = "/" + parts.joined(separator: "/")
    parts = parts.suffix(2) == ["libexec", "haq"] ? parts.dropLast(2) : parts.dropLast()
    prefix = parts.isEmpty ? "" : "/" + parts.joined(separator: "/")
  }

  /// Where another program of haq may be, in order.
  public func programs(named name: String) -> [String] {
    ["\(folder)/\(name)", "\(prefix)/libexec/haq/\(name)"]
  }

  /// Where a plugin of haq may be, in order.
  public func libraries(named name: String) -> [String] {
    ["\(folder)/\(name)", "\(prefix)/lib/haq/\(name)"]
  }

  /// The installed folder of one kind of data, such as `targets`.
  public func data(_ name: String) -> String { "\(prefix)/share/haq/\(name)" }

  /// The first of `programs(named:)` that can be run; nil when there is none.
  public func program(named name: String) -> String? {
    programs(named: name).first(where: FileManager.default.isExecutableFile(atPath:))
  }
}
