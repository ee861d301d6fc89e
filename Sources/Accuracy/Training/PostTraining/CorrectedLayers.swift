/// What the layers of a network are under a policy, by layer name.
struct CorrectedLayers {
  var quantizers: [String: LayerQuantizers]
  /// To be rounded by the quantizers; learned weights lie on their numbers already.
  var parameters: LayerParameters
}
