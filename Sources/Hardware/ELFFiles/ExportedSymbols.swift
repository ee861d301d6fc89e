package import Foundation

/// The names that a shared library offers to others, from its table of dynamic symbols (ELF, 64 bits, little-endian).
///
/// Reads bytes only and runs nothing; a file that is cut or says nonsense has no exports that can be read.
package struct ExportedSymbols {
  /// In the order of the table, without the marks that linkers put into every library.
  package let names: [String]

  private static let marksOfLinkers: Set = ["_init", "_fini", "_edata", "_end", "__bss_start", "_etext"]

  /// Nil when `library` has no section of dynamic symbols.
  package init?(of library: Data) {
    guard let file = ELFBytes(library), let start = file.word64(at: 0x28),
      let size = file.word16(at: 0x3A), let count = file.word16(at: 0x3C), size >= 64
    else { return nil }
    let sections = (0..<count).compactMap { Section(in: file, at: start + $0 * size) }
    // SHT_DYNSYM is 11; its link is the section with the names.
    guard let table = sections.first(where: { $0.type == 11 }), sections.indices.contains(table.link) else {
      return nil
    }
    let texts = sections[table.link]
    var names: [String] = []
    for entry in stride(from: table.offset, to: table.offset + table.size, by: 24) {
      guard let name = file.word32(at: entry), let info = file.byte(at: entry + 4),
        let visibility = file.byte(at: entry + 5), let section = file.word16(at: entry + 6)
      else { return nil }
      // Local symbols (binding 0), those of other libraries (section 0) and hidden ones (1 and 2) are no exports.
      guard info >> 4 != 0, section != 0, ![1, 2].contains(visibility & 3) else { continue }
      guard let text = file.text(at: texts.offset + name) else { return nil }
      if !Self.marksOfLinkers.contains(text) { names.append(text) }
    }
    self.names = names
  }

  /// The parts of a section header that matter here.
  private struct Section {
    let type: Int
    let offset: Int
    let size: Int
    let link: Int

    init?(in file: ELFBytes, at start: Int) {
      guard let type = file.word32(at: start + 4), let offset = file.word64(at: start + 0x18),
        let size = file.word64(at: start + 0x20), let link = file.word32(at: start + 0x28)
      else { return nil }
      (self.type, self.offset, self.size, self.link) = (type, offset, size, link)
    }
  }
}
