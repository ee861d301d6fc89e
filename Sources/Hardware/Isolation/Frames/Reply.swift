package import Core
package import PluginLoading

/// What a sandbox says.
package enum Reply: Sendable {
  /// The first of every sandbox, said before a library is loaded.
  case confined(Confinement)
  /// A line that the plugin logged; the answer is still to come.
  case log(PluginLogLine)
  case loaded(ModelFacts)
  case done
  case columns(RawColumns)
  case breakdown(RawBreakdown)
  /// Nil when the plugin has no components.
  case components(RawComponents?)
  case resources([ResourceUse])
  case verdict(Verdict)
  /// The plugin refused, or broke a rule.
  case failed(PluginError)
  /// The sandbox itself cannot do what it should.
  case unable(String)
}
