import WorkerLaunchers

/// What befell a cost program since it last answered, and what is done about it.
struct CostProgramSetbacks {
  private let launch: CostProgramLaunch
  private var deaths = 0
  private var losses = 0
  /// Launches in a row that ended before the program ran.
  private var failedLaunches = 0

  init(_ launch: CostProgramLaunch) { self.launch = launch }

  mutating func noteAnswer() { (deaths, losses) = (0, 0) }

  mutating func noteStart() { failedLaunches = 0 }

  /// How long to wait until the program is started again; throws what happened where it is not.
  ///
  /// - Parameter hasRun: Whether it ever did; a partition that does not exist is an error at once.
  mutating func pause(after error: CostProgramError, hasRun: Bool) throws(CostProgramError) -> Duration {
    switch error {
    case .notLaunched(let command, _, let how):
      failedLaunches += 1
      guard hasRun, let remote = launch.remote, failedLaunches < remote.attempts else {
        throw .notLaunched(command: command, times: failedLaunches, how: how)
      }
      // Twice as long each time: after ten doublings it is the longest in any case.
      return min(remote.firstPause * (1 << min(failedLaunches - 1, 10)), RemoteTerms.longestPause)
    case .lost:
      losses += 1
      guard losses <= CostProgramLaunch.mostLosses else {
        throw .failedRepeatedly(command: launch.command, times: losses, how: error.circumstances)
      }
    default:
      deaths += 1
      guard deaths <= launch.restarts else {
        throw launch.restarts > 0
          ? .failedRepeatedly(command: launch.command, times: deaths, how: error.circumstances) : error
      }
    }
    return .zero
  }
}
