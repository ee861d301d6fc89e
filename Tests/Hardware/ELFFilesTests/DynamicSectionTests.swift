import ELFFiles
import FixtureBuilding
import Foundation
import RandomNumbers
import Testing

@Suite("The dynamic section of a library")
struct DynamicSectionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A library that needs libm and has the linker options.
  private func library(_ options: [String]) throws -> String {
    let source = try folder.write(
      "#include <math.h>\ndouble f(double x) { return cbrt(x); }\n", to: "source.c")
    let path = folder.path("lib.so")
    let compiler = try #require(CompilerRun.find("cc"))
    let run = try CompilerRun(
      compiler, ["-shared", "-fPIC", source, "-o", path, "-Wl,--no-as-needed", "-lm"] + options)
    #expect(run.exitCode == 0, "\(run.output)")
    return path
  }

  private func section(_ options: [String]) throws -> DynamicSection {
    try #require(DynamicSection(of: try Data(contentsOf: URL(filePath: try library(options)))))
  }

  /// What binutils read from the same file: the texts in brackets of one kind of line.
  private func texts(_ kind: String) throws -> [String] {
    let readelf = try #require(CompilerRun.find("readelf"))
    let lines = try CompilerRun(readelf, ["-dW", folder.path("lib.so")]).output.split(separator: "\n")
    return lines.filter { $0.contains("(\(kind))") }.compactMap { line in
      line.split(separator: "[").last?.split(separator: "]").first.map(String.init)
    }
  }

  @Test("has the names and the search path that readelf shows")
  func asReadelf() throws {
    let run = try section(["-Wl,-soname,libx.so.1", "-Wl,--enable-new-dtags", "-Wl,-rpath,$ORIGIN:/opt/x"])
    #expect(try run.needed == texts("NEEDED") && run.needed.contains("libm.so.6"))
    #expect(try [run.name] == texts("SONAME") && run.name == "libx.so.1")
    #expect(try [run.searchPath.joined(separator: ":")] == texts("RUNPATH"))
    #expect(run.searchPath == ["$ORIGIN", "/opt/x"] && !run.isInherited && !run.isFilter)
    let path = try section(["-Wl,--disable-new-dtags", "-Wl,-rpath,/a"])
    #expect(try path.searchPath == texts("RPATH") && path.isInherited && path.name == nil)
    #expect(try section(["-Wl,--auxiliary,libz.so"]).isFilter)
    let plain = try section([])
    #expect(plain.searchPath == [] && !plain.isInherited)
  }

  @Test("is read from every library of this program as readelf reads it")
  func ownLibraries() throws {
    let readelf = try #require(CompilerRun.find("readelf"))
    for name in ["libbismo.so", "libminimal.so", "libroofline.so"] {
      let path = try Places.builtLibrary(name)
      let section = try #require(DynamicSection(of: try Data(contentsOf: URL(filePath: path))))
      let output = try CompilerRun(readelf, ["-dW", path]).output
      for needed in section.needed { #expect(output.contains("Shared library: [\(needed)]")) }
      #expect(section.needed.count == output.split(separator: "\n").count { $0.contains("(NEEDED)") })
    }
  }

  @Test("of files that are cut or changed is read or refused, and nothing else happens")
  func mutations() throws {
    let good = try Data(
      contentsOf: URL(filePath: try library(["-Wl,-rpath,$ORIGIN", "-Wl,-soname,libx.so"])))
    #expect(DynamicSection(of: Data()) == nil && DynamicSection(of: Data("text".utf8)) == nil)
    for length in stride(from: 0, to: good.count, by: 61) { _ = DynamicSection(of: good.prefix(length)) }
    var generator = SeededGenerator(seed: 3)
    // Program headers and the dynamic section: where the numbers are that lead to others.
    let start = try #require(good.firstRange(of: Data([29, 0, 0, 0, 0, 0, 0, 0]))?.lowerBound)
    for region in [0..<0x200, max(0, start - 0x100)..<min(good.count, start + 0x100)] {
      for _ in 0..<5_000 {
        var changed = good
        for _ in 0...Int.random(in: 0..<3, using: &generator) {
          changed[Int.random(in: region, using: &generator)] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(
            using: &generator)!
        }
        _ = DynamicSection(of: changed)
        _ = ExportedSymbols(of: changed)
      }
    }
  }

  @Test("that never ends, or whose names lie nowhere, is refused")
  func endless() throws {
    // By hand: a header, one PT_LOAD of the whole file, one PT_DYNAMIC at 0xB0 whose entries run to the end.
    var file = Data(count: 0x200)
    file.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
    file[0x20] = 0x40  // program headers
    file[0x36] = 56
    file[0x38] = 2
    file[0x40] = 1  // PT_LOAD of 0x200 bytes at address 0
    file[0x40 + 33] = 2
    file[0x78] = 2  // PT_DYNAMIC
    file[0x78 + 16] = 0xB0
    #expect(DynamicSection(of: file)?.needed == [])
    for entry in stride(from: 0xB0, to: 0x200, by: 16) { file[entry] = 1 }
    #expect(DynamicSection(of: file) == nil)
    // One name without a table of texts.
    file[0xC0] = 0
    #expect(DynamicSection(of: file) == nil)
    // A table of texts at an address that no part of the file has.
    file[0xC0] = 5
    file[0xC8 + 6] = 1
    file[0xD0] = 0
    #expect(DynamicSection(of: file) == nil)
  }
}
