import Foundation

extension Error {
  /// What the system said, such as `No such file or directory`; Foundation's own text hides it.
  public var systemReason: String {
    let error = self as NSError
    if let cause = (error.userInfo[NSUnderlyingErrorKey] ?? self) as? POSIXError {
      return String(cString: strerror(cause.code.rawValue))
    }
    // Some of Foundation's readers keep no cause.
    switch (self as? CocoaError)?.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: return String(cString: strerror(ENOENT))
    case .fileReadNoPermission, .fileWriteNoPermission: return String(cString: strerror(EACCES))
    default: return error.localizedDescription
    }
  }
}
