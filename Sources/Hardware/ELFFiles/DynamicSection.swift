package import Foundation

/// Which other libraries a shared library or a program needs, and where the loader would look for them: its dynamic
/// section, as the loader finds it, by addresses in memory (ELF, 64 bits, little-endian).
///
/// Reads bytes only and runs nothing.
package struct DynamicSection: Hashable, Sendable {
  /// DT_NEEDED, in order.
  package private(set) var needed: [String] = []
  /// DT_SONAME: by which name others need this one.
  package private(set) var name: String?
  /// DT_RUNPATH, and DT_RPATH where there is none, divided at the colons.
  package private(set) var searchPath: [String] = []
  /// Whether the loader passes the search path on to what this one needs: DT_RPATH without DT_RUNPATH.
  package private(set) var isInherited = false
  /// Whether it asks for libraries that stand in front of it: DT_AUXILIARY or DT_FILTER.
  package private(set) var isFilter = false

  /// Tags of the table's entries.
  private enum Tag {
    static let end = 0
    static let needed = 1
    static let textTable = 5
    static let name = 14
    static let path = 15
    static let runPath = 29
    static let filters = [0x7FFF_FFFD, 0x7FFF_FFFF]
  }

  /// Entries of a table; the largest of real libraries have some hundred.
  private static let limit = 65_536

  /// Whether bytes begin as such a file does; the loader refuses all others.
  package static func isKind(of bytes: Data) -> Bool { ELFBytes(bytes) != nil }

  /// Nil when the bytes are no such file, or say what the loader would refuse.
  package init?(of bytes: Data) {
    guard let file = ELFBytes(bytes), let segments = Segments(of: file) else { return nil }
    // A library without a table needs nothing.
    guard let start = segments.dynamic else { return }
    var entries: [(tag: Int, value: Int)] = []
    while true {
      guard entries.count < Self.limit,
        let place = segments.offset(of: start + 16 * entries.count),
        let tag = file.value64(at: place)
      else { return nil }
      if tag == Tag.end { break }
      // A value that is no place in a file is one of a tag that does not matter here, or refused below.
      entries.append((tag, file.value64(at: place + 8) ?? .max))
    }
    guard let texts = entries.last(where: { $0.tag == Tag.textTable })?.value else {
      if entries.contains(where: { [Tag.needed, Tag.path, Tag.runPath].contains($0.tag) }) { return nil }
      return
    }
    func text(_ value: Int) -> String? {
      guard texts < Segments.limit, value < Segments.limit else { return nil }
      return segments.offset(of: texts + value).flatMap(file.text)
    }
    func last(_ tag: Int) -> String?? { entries.last { $0.tag == tag }.map { text($0.value) } }
    for entry in entries where entry.tag == Tag.needed {
      guard let name = text(entry.value) else { return nil }
      needed.append(name)
    }
    if let name = last(Tag.name) {
      guard let name else { return nil }
      self.name = name
    }
    let (runPath, path) = (last(Tag.runPath), last(Tag.path))
    if let chosen = runPath ?? path {
      guard let chosen else { return nil }
      searchPath = chosen.split(separator: ":", omittingEmptySubsequences: true).map(String.init)
      isInherited = runPath == nil
    }
    isFilter = entries.contains { Tag.filters.contains($0.tag) }
  }

  /// The parts of the file that the loader maps, and where its dynamic section lies in memory.
  private struct Segments {
    private var loaded: [(address: Int, offset: Int, size: Int)] = []
    private(set) var dynamic: Int?

    private static let (load, dynamicKind) = (1, 2)

    /// Above all addresses that a processor has, and far below what a sum cannot hold.
    static let limit = 1 << 56

    /// Nil when the program headers cannot be read.
    init?(of file: ELFBytes) {
      guard let start = file.word64(at: 0x20), let size = file.word16(at: 0x36),
        let count = file.word16(at: 0x38), size >= 56
      else { return nil }
      for index in 0..<count {
        let header = start + index * size
        guard let kind = file.word32(at: header), let offset = file.value64(at: header + 8),
          let address = file.value64(at: header + 16), let length = file.value64(at: header + 32)
        else { return nil }
        guard max(offset, address, length) < Self.limit else { return nil }
        if kind == Self.load { loaded.append((address, offset, length)) }
        if kind == Self.dynamicKind { dynamic = address }
      }
    }

    /// Where in the file an address of memory comes from; the later of two parts that overlap, as it is mapped over
    /// the other.
    func offset(of address: Int) -> Int? {
      guard let part = loaded.last(where: { address >= $0.address && address - $0.address < $0.size }) else {
        return nil
      }
      return part.offset + (address - part.address)
    }
  }
}
