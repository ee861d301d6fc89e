import Core
public import Specs

extension PolicyDocument.Quantizers {
  /// The options of a command that quantize so.
  public var options: String {
    "--weight-scales \(weightScales.rawValue) --clipping \(clipping) --weight-clipping \(weightClipping)"
      + (activationRange == .symmetric ? "" : " --activation-range \(activationRange.rawValue)")
      + (recipe == .none ? "" : " --ptq \(recipe)")
  }
}
