import Foundation

extension Error {
  /// What the system said, such as `No such file or directory`; Foundation's own text hides it.
  package var systemReason: String {
    let error = self as NSError
    guard let cause = (error.userInfo[NSUnderlyingErrorKey] ?? self) as? POSIXError else {
      return error.localizedDescription
    }
    return String(cString: strerror(cause.code.rawValue))
  }
}
