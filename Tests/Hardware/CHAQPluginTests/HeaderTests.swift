import FixtureBuilding
import Foundation
import Testing

@Suite("haq_plugin.h")
struct HeaderTests {
  struct Dialect: Sendable {
    /// Compilers of the language, whichever are installed.
    var compilers: [String]
    var language: String
    var standard: String
  }

  static let dialects = [
    Dialect(compilers: ["gcc", "clang"], language: "c", standard: "c99"),
    Dialect(compilers: ["gcc", "clang"], language: "c", standard: "c11"),
    Dialect(compilers: ["g++", "clang++"], language: "c++", standard: "c++17"),
  ]
  static let strict = ["-Wall", "-Wextra", "-Wpadded", "-Wpedantic", "-Werror", "-fsyntax-only"]

  @Test("compiles without a warning as C99, C11 and C++17", arguments: dialects)
  func compilesCleanly(_ dialect: Dialect) throws {
    let compilers = dialect.compilers.compactMap(CompilerRun.find)
    try #require(!compilers.isEmpty, "none of \(dialect.compilers) is in PATH")
    let source = FileManager.default.temporaryDirectory.appending(path: "haq-header-\(UUID().uuidString)")
    // Calling the helpers makes the compiler look into them.
    let text = """
      #include "haq_plugin.h"
      double probe(const haq_setup *setup);
      double probe(const haq_setup *setup) { return haq_layer_macs(haq_layer_at(setup, 0)); }

      """
    try text.write(to: source, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: source) }
    for compiler in compilers {
      let run = try CompilerRun(
        compiler,
        Self.strict + [
          "-x", dialect.language, "-std=\(dialect.standard)", "-I", Places.pluginHeaders, source.path,
        ])
      #expect(run.exitCode == 0 && run.output.isEmpty, "\(compiler) \(dialect.standard): \(run.output)")
    }
  }

  @Test("has the layout that layout.c freezes, under every compiler")
  func layoutIsFrozen() throws {
    let compilers = ["gcc", "clang"].compactMap(CompilerRun.find)
    try #require(!compilers.isEmpty, "neither gcc nor clang is in PATH")
    for compiler in compilers {
      let run = try CompilerRun(
        compiler,
        Self.strict + [
          "-std=c11", "-I", Places.pluginHeaders, Places.package + "/Sources/Hardware/CHAQPlugin/layout.c",
        ])
      #expect(run.exitCode == 0 && run.output.isEmpty, "\(compiler): \(run.output)")
    }
  }

  @Test("layout.c freezes every field of every struct of the header")
  func layoutIsComplete() throws {
    let header = try String(contentsOfFile: Places.pluginHeaders + "/haq_plugin.h", encoding: .utf8)
    let layout = try String(
      contentsOfFile: Places.package + "/Sources/Hardware/CHAQPlugin/layout.c", encoding: .utf8)
    var fields = 0
    for definition in header.matches(of: /typedef struct (\w+) \{((?s:.*?))\n\} \w+;/) {
      let name = definition.1
      #expect(layout.contains("SIZE(\(name), "))
      let body = definition.2.replacing(/\/\*(?s:.*?)\*\//, with: "")
      for declaration in body.split(separator: ";") {
        for field in Self.names(in: String(declaration)) {
          fields += 1
          #expect(layout.contains("AT(\(name), \(field), "), "\(name).\(field)")
        }
      }
    }
    #expect(fields == layout.matches(of: /\nAT\(/).count)
  }

  /// The field names of one declaration, of which a function pointer has one.
  static func names(in declaration: String) -> [String] {
    if let function = declaration.firstMatch(of: /\(\*(\w+)\)\(/) { return [String(function.1)] }
    return declaration.split(separator: ",").compactMap {
      $0.matches(of: /\w+/).last.map { String($0.output) }
    }
  }

  @Test("the documented command makes a library that exports only the entry point")
  func exportsOnlyEntry() throws {
    let nm = try #require(CompilerRun.find("nm"), "nm, which comes with the C compiler, is not in PATH")
    let library = try FixtureLibrary()
    let run = try withExtendedLifetime(library) {
      try CompilerRun(nm, ["-D", "--defined-only", "--format=posix", $0.path])
    }
    // Lines are: name, type, value, size; type T is a function that others can call.
    let symbols: [[Substring]] = run.output.split(separator: "\n").map { $0.split(separator: " ") }
    let functions: [Substring] = symbols.filter { $0.count > 1 && $0[1] == "T" }.map { $0[0] }
    #expect(functions == ["haq_plugin_entry"])
  }
}
