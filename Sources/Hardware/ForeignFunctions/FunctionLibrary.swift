package import Core
package import PluginLoading

/// A library of bare C functions that is loaded in this process; the sandbox is where that is safe.
package struct FunctionLibrary: ModelLibrary {
  package let facts: ModelFacts
  private let library: ForeignLibrary
  private let signatures: [Metric: FunctionSignature]
  private let statusColumn: StatusColumn?

  /// Loads the library that a descriptor leads to.
  ///
  /// - Parameter path: what messages call the library.
  /// - Parameter signatures: one for each metric that is wanted.
  /// - Parameter statusColumn: where others can watch how far a batch is.
  ///
  /// Throws `PluginError`, also for a function that the library lacks.
  package init(
    descriptor: Int32, called path: String, signatures: [Metric: FunctionSignature],
    statusColumn: StatusColumn? = nil
  ) throws(PluginError) {
    try self.init(
      ForeignLibrary.open("/proc/self/fd/\(descriptor)", called: path), signatures: signatures,
      statusColumn: statusColumn)
  }

  /// The functions of a library that is loaded already.
  package init(
    _ library: ForeignLibrary, signatures: [Metric: FunctionSignature], statusColumn: StatusColumn? = nil
  ) throws(PluginError) {
    for signature in signatures.values {
      do {
        _ = try ForeignFunction(signature, in: library)
      } catch {
        throw .bareFunctions(problem: "\(error)")
      }
    }
    self.library = library
    self.signatures = signatures
    self.statusColumn = statusColumn
    facts = ModelFacts(
      id: library.path.split(separator: "/").last.map(String.init) ?? library.path, version: "(functions)",
      abi: ABIVersion(major: 1, minor: 0), provides: Set(signatures.keys), providesBreakdown: false,
      usesOutputWidths: signatures.values.contains(where: \.usesOutputWidths),
      usesFormats: signatures.values.allSatisfy(\.usesFormats), isMeasured: false, maxPoints: 0)
  }

  package func instance(of setup: ModelSetup) throws -> any ModelInstance {
    FunctionInstance(library: library, signatures: signatures, statusColumn: statusColumn, setup: setup)
  }
}

extension ForeignLibrary {
  fileprivate static func open(_ file: String, called path: String) throws(PluginError) -> ForeignLibrary {
    do {
      return try ForeignLibrary(opening: file, called: path)
    } catch {
      throw .bareFunctions(problem: "\(error)")
    }
  }
}
