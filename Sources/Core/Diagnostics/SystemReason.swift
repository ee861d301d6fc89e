import Foundation
import SystemLimits

/// The system's own words for its error numbers.
public enum SystemReason {
  /// Such as `No such file or directory`; where a limit was reached, with its value and how it is raised.
  public static func text(of code: Int32) -> String { ProcessLimits.text(ofError: code) }
}

extension Error {
  /// What the system said, such as `No such file or directory`; Foundation's own text hides it.
  public var systemReason: String {
    if let limit = self as? ReachedLimit { return limit.description }
    let error = self as NSError
    if let cause = (error.userInfo[NSUnderlyingErrorKey] ?? self) as? POSIXError {
      return SystemReason.text(of: cause.code.rawValue)
    }
    // Some of Foundation's readers keep no cause.
    switch (self as? CocoaError)?.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: return SystemReason.text(of: ENOENT)
    case .fileReadNoPermission, .fileWriteNoPermission: return SystemReason.text(of: EACCES)
    case .fileWriteOutOfSpace: return SystemReason.text(of: ENOSPC)
    case .fileWriteVolumeReadOnly: return SystemReason.text(of: EROFS)
    case .fileWriteFileExists: return SystemReason.text(of: EEXIST)
    default: return error.localizedDescription
    }
  }
}
