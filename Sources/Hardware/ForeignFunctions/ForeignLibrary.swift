import Glibc

/// A loaded shared library whose functions are found by name. It stays loaded until the process ends.
package struct ForeignLibrary: Sendable {
  package let path: String
  /// Never closed, so that symbols stay valid for as long as anything can call them.
  private let handle: Handle

  /// `dlopen`'s result is a token that any thread may use.
  private struct Handle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
  }

  /// Loads the library with all its symbols resolved. Constructors in it run now.
  ///
  /// - Parameter path: what messages call the file.
  package init(opening file: String, called path: String) throws(ForeignFunctionError) {
    guard let pointer = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
      throw .cannotOpen(library: path, reason: reason)
    }
    self.path = path
    handle = Handle(pointer: pointer)
  }

  /// The address of a function.
  func address(of symbol: String) throws(ForeignFunctionError) -> UnsafeMutableRawPointer {
    guard let address = dlsym(handle.pointer, symbol) else {
      throw .missingSymbol(symbol, library: path)
    }
    return address
  }
}
