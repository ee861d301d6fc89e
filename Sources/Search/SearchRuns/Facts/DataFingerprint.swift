public import DataRequests
import Diagnostics
import Foundation
import Hashing
public import Studies
import Synchronization
import SystemLimits

/// What the files of a data set hold, so that a study is not resumed with other data.
///
/// All names, sizes and contents; of more than half a gigabyte the names and sizes only, which the fact's name says.
public struct DataFingerprint: Hashable, Sendable {
  public let fact: StudyFacts.Fact

  /// Studies made before there were fingerprints have neither.
  static let names = (contents: "data contents SHA-256", sizes: "data file names and sizes SHA-256")

  private static let mostBytes = 512_000_000

  /// Reads the files; throws a `Diagnostic` when one cannot be read.
  public init(_ request: DataRequest) throws {
    let files = try Self.roots(of: request).flatMap(Self.files)
    let hashesContents = files.reduce(0) { $0 + $1.size } <= Self.mostBytes
    var hash = SHA256()
    for file in files {
      hash.update("\(file.name)\0\(file.size)\0")
      guard hashesContents else { continue }
      do {
        try Data(contentsOf: file.url, options: .mappedIfSafe).withUnsafeBytes { hash.update($0) }
      } catch {
        throw Diagnostic("cannot read the data: \(error.systemReason).", at: .init(file: file.url.path))
      }
    }
    fact = .init(.accuracy, hashesContents ? Self.names.contents : Self.names.sizes, hash.hexDigest())
  }

  /// Files and folders in the order in which the request names them.
  private static func roots(of request: DataRequest) -> [String] {
    let sources = [request.source, request.validation, request.test].compactMap(\.self)
    return sources.flatMap { source -> [String] in
      if source == DataRequest.fashionMNIST { return [request.folder ?? DataRequest.fashionMNISTFolder] }
      let parts = source.split(separator: ",").map(String.init)
      return parts.count == 2 ? parts : [source]
    } + [request.classList].compactMap(\.self)
  }

  private struct File {
    /// Within its folder, so that a data set may be moved.
    var name: String
    var url: URL
    var size: Int
  }

  /// A file, or all files of a folder by name.
  private static func files(_ root: String) throws -> [File] {
    let base = URL(filePath: root).resolvingSymlinksInPath()
    func file(_ name: String, _ url: URL) throws -> File? {
      let values = try url.resolvingSymlinksInPath().resourceValues(forKeys: [
        .isRegularFileKey, .fileSizeKey,
      ])
      guard values.isRegularFile == true else { return nil }
      return File(name: name, url: url, size: values.fileSize ?? 0)
    }
    do {
      if let single = try file(base.lastPathComponent, base) { return [single] }
      guard let names = FileManager.default.enumerator(atPath: base.path) else { return [] }
      return try names.compactMap { $0 as? String }.sorted().compactMap { name in
        try file(name, base.appending(path: name))
      }
    } catch {
      throw Diagnostic("cannot read the data: \(error.systemReason).", at: .init(file: root))
    }
  }
}

/// A fingerprint that is taken while evaluators start, which takes longer.
public final class PendingFingerprint: Sendable {
  private let result = Mutex<Result<DataFingerprint, any Error>?>(nil)
  private let group = DispatchGroup()

  public init(_ request: DataRequest) {
    // Where no thread can be started, a queue would never begin.
    guard (try? ProcessLimits.requireThread()) != nil else {
      take(request)
      return
    }
    DispatchQueue.global().async(group: group) { self.take(request) }
  }

  private func take(_ request: DataRequest) {
    let taken = Result { try DataFingerprint(request) }
    result.withLock { $0 = taken }
  }

  /// Waits for it.
  public func get() throws -> DataFingerprint {
    group.wait()
    guard let result = result.withLock({ $0 }) else { preconditionFailure("the group has ended") }
    return try result.get()
  }
}
