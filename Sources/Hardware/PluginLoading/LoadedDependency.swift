internal import Glibc

/// A library that another one needs, loaded before it: the loader then uses the bytes that were checked, by the name
/// that they state, and looks for no file.
package enum LoadedDependency {
  /// Loads the bytes behind a descriptor, for the life of the process; runs their code.
  ///
  /// - Parameter path: what messages call the library.
  package static func open(descriptor: Int32, called path: String) throws(PluginError) {
    let file = "/proc/self/fd/\(descriptor)"
    guard dlopen(file, RTLD_NOW | RTLD_LOCAL) != nil else {
      let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
      throw .cannotOpen(library: path, reason: reason.replacing(file, with: path))
    }
  }
}
