import Core
import Foundation

/// The folders and files that are searched for specs, in order; the rules are `docs/spec.md` section 8.
public struct SearchPath: Hashable, Sendable {
  public var places: [Place]
  /// Variables of the environment that had no say, and why; for `haq targets explain`.
  public var notes: [Note] = []

  /// A folder to be read one level deep, or a single spec file.
  public struct Place: Hashable, Sendable {
    public var path: String
    public var origin: Origin

    public init(path: String, origin: Origin) {
      self.path = path
      self.origin = origin
    }
  }

  /// A variable that was set and had no effect, or less than it says.
  public struct Note: Hashable, Sendable {
    public var text: String
    /// Whether to warn the user.
    public var isWarning: Bool
  }

  /// Whose rights the program runs with.
  public enum Privileges: Hashable, Sendable {
    case ofTheUser
    /// The system started the program with more rights than its caller has (`AT_SECURE`), so that the
    /// caller's environment must not choose what is loaded.
    case elevated
  }

  /// Why a place is searched.
  public enum Origin: String, Hashable, Sendable, Codable {
    case commandLine = "command line"
    /// `HAQ_TARGETS`
    case replaced = "HAQ_TARGETS"
    /// `HAQ_ADD_TARGETS`
    case added = "HAQ_ADD_TARGETS"
    case userData = "user data folder"
    case systemData = "system data folder"
    case besideProgram = "beside the program"
    case checkout

    /// Whether the user named the place, so that its absence is an error.
    var isNamed: Bool { [.commandLine, .replaced, .added].contains(self) }
  }

  public init(places: [Place]) { self.places = places }

  /// The places for a program that runs at the absolute path `program`; touches no file.
  public init(
    environment: [String: String], program: String, privileges: Privileges = .ofTheUser
  ) {
    var environment = environment
    if privileges == .elevated {
      let ignored = Self.variables.filter { environment[$0]?.isEmpty == false }
      for name in Self.variables { environment[name] = nil }
      notes = ignored.filter { $0 != "HOME" }.map {
        Note(
          text: "\($0) is ignored: the program runs with more rights than its caller", isWarning: true)
      }
    }
    let added = Self.list(environment["HAQ_ADD_TARGETS"] ?? "", origin: .added)
    if let replaced = environment["HAQ_TARGETS"], !replaced.isEmpty {
      places = Self.list(replaced, origin: .replaced)
      notes.append(
        Note(
          text: "HAQ_TARGETS is set, so no data folder, nor the program's own, is searched", isWarning: false)
      )
      if !added.isEmpty {
        notes.append(
          Note(text: "HAQ_ADD_TARGETS has no effect, because HAQ_TARGETS is set", isWarning: true))
      }
      return
    }
    let home = environment["HOME"].map { $0 + "/.local/share" }
    let userData = Self.absolute(environment["XDG_DATA_HOME"]) ?? home
    let systemData =
      environment["XDG_DATA_DIRS"].flatMap { $0.isEmpty ? nil : $0 } ?? "/usr/local/share:/usr/share"

    places = added
    if let userData {
      places.append(Place(path: userData + "/haq/targets", origin: .userData))
    }
    places += systemData.split(separator: ":").compactMap { Self.absolute(String($0)) }.map {
      Place(path: $0 + "/haq/targets", origin: .systemData)
    }
    places.append(Place(path: Installation(program: program).data("targets"), origin: .besideProgram))
    if let checkout = Self.checkout(of: program) {
      places.append(Place(path: checkout + "/hardware-specs", origin: .checkout))
    }
    notes += Self.relativeEntries(of: environment)
  }

  private static let variables = [
    "HAQ_TARGETS", "HAQ_ADD_TARGETS", "XDG_DATA_HOME", "XDG_DATA_DIRS", "HOME",
  ]

  private static func relativeEntries(of environment: [String: String]) -> [Note] {
    ["XDG_DATA_HOME", "XDG_DATA_DIRS"].flatMap { name in
      (environment[name] ?? "").split(separator: ":").filter { !$0.hasPrefix("/") }.map {
        Note(
          text: "\(name) names \"\($0)\", which is not absolute and does not count (XDG base directories)",
          isWarning: false)
      }
    }
  }

  private static func list(_ value: String, origin: Origin) -> [Place] {
    value.split(separator: ":").map { Place(path: String($0), origin: origin) }
  }

  /// The XDG base directory rules ignore relative paths.
  private static func absolute(_ path: String?) -> String? {
    guard let path, path.hasPrefix("/") else { return nil }
    return path
  }

  /// The checkout that a program was built in: `/a` for a program at `/a/.build/x86_64-unknown-linux-gnu/debug/haq`.
  public static func checkout(of program: String) -> String? {
    let parts = program.split(separator: "/")
    guard let build = parts.lastIndex(where: { $0.hasPrefix(".build") }) else { return nil }
    return "/" + parts[..<build].joined(separator: "/")
  }
}
