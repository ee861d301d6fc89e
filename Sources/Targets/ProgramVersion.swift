/// The version that this package's programs state.
public let programVersion = "0.1.0"
