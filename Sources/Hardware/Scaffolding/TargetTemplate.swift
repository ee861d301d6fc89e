/// A new target to start from: complete, correct, and made to be changed.
public struct TargetTemplate: Hashable, Sendable {
  public var kind: Kind

  /// What computes the costs, and in which language it is written.
  public enum Kind: Hashable, Sendable {
    case table
    case function(Language)
    case plugin(Language)
    /// A spec for the roofline library that haq brings: rates and memory, no code.
    case roofline
    /// A program that haq runs.
    case program(ProgramLanguage)
  }

  /// Languages that there is a file of helpers for.
  public enum ProgramLanguage: String, Hashable, Sendable, CaseIterable {
    case python
    case swift
  }

  /// Languages whose compilers make a shared library with one command.
  public enum Language: String, Hashable, Sendable, CaseIterable {
    case c
    case cxx = "c++"
    case swift
    case rust
  }

  public init(_ kind: Kind) { self.kind = kind }

  /// A file of the new folder.
  public struct File: Hashable, Sendable {
    public var name: String
    public var text: String

    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// Every file of a target called `name`, except the costs of a table, which depend on a network.
  public func files(name: String) -> [File] {
    var text = Self.filled(specBytes, name: name)
    if kind == .program(.swift) {
      text = text.replacing("\"python3\", \"\(name).py\"", with: "\"./\(name)\"")
    }
    let spec = File(name: "\(name).json", text: text)
    guard let source = sourceName(of: name) else { return [spec] }
    let files = [spec, File(name: source, text: Self.filled(sourceBytes, name: name))]
    func copied(_ name: String, _ bytes: [UInt8]) -> File {
      File(name: name, text: String(decoding: bytes, as: UTF8.self))
    }
    return switch kind {
    case .plugin(let language) where language != .rust:
      files + [copied("haq_plugin.h", PackageResources.haq_plugin_h)]
    case .program(.python): files + [copied("haq_costs.py", PackageResources.haq_costs_py)]
    case .program(.swift): files + [copied("HaqCosts.swift", PackageResources.HaqCosts_swift)]
    default: files
    }
  }

  /// The command that builds the library or program, run inside the folder; nil where there is none to build.
  public func buildCommand(name: String) -> String? {
    if kind == .program(.swift) { return "swiftc -O main.swift HaqCosts.swift -o \(name)" }
    guard let language, let source = sourceName(of: name) else { return nil }
    let output = "-o lib\(name).so"
    return switch language {
    case .c: "cc -O2 -shared -fPIC -fvisibility=hidden \(source) \(output)"
    case .cxx: "c++ -O2 -shared -fPIC -fvisibility=hidden \(source) \(output)"
    case .rust: "rustc -O --crate-type cdylib --crate-name \(Self.identifier(name)) \(source) \(output)"
    case .swift:
      "swiftc -O -emit-library -module-name \(Self.identifier(name))\(header) \(source) \(output)"
    }
  }

  private var header: String {
    if case .plugin = kind { " -import-objc-header haq_plugin.h" } else { "" }
  }

  private var language: Language? {
    switch kind {
    case .table, .roofline, .program: nil
    case .function(let language), .plugin(let language): language
    }
  }

  private func sourceName(of name: String) -> String? {
    switch kind {
    case .program(.python): return "\(name).py"
    // Only a file of this name may have statements beside another.
    case .program(.swift): return "main.swift"
    default: break
    }
    return language.map { "\(name).\($0.fileExtension)" }
  }

  private var specBytes: [UInt8] {
    switch kind {
    case .table: PackageResources.table_json
    case .roofline: PackageResources.roofline_json
    case .function: PackageResources.function_json
    case .plugin: PackageResources.plugin_json
    case .program: PackageResources.program_json
    }
  }

  private var sourceBytes: [UInt8] {
    switch kind {
    case .table, .roofline: []
    case .program(.python): PackageResources.program_py
    case .program(.swift): PackageResources.program_swift
    case .function(.c): PackageResources.function_c
    case .function(.cxx): PackageResources.function_cpp
    case .function(.swift): PackageResources.function_swift
    case .function(.rust): PackageResources.function_rs
    case .plugin(.c): PackageResources.plugin_c
    case .plugin(.cxx): PackageResources.plugin_cpp
    case .plugin(.swift): PackageResources.plugin_swift
    case .plugin(.rust): PackageResources.plugin_rs
    }
  }

  /// The templates are real programs; what they call themselves is all that changes.
  private static func filled(_ bytes: [UInt8], name: String) -> String {
    String(decoding: bytes, as: UTF8.self).replacing("NAME", with: name)
      .replacing("example.minimal", with: name)
  }

  /// A module's name: ids may have hyphens and begin with a digit, identifiers may not.
  private static func identifier(_ name: String) -> String {
    "target_" + name.replacing("-", with: "_")
  }
}

extension TargetTemplate.Language {
  var fileExtension: String {
    switch self {
    case .c: "c"
    case .cxx: "cpp"
    case .swift: "swift"
    case .rust: "rs"
    }
  }
}
