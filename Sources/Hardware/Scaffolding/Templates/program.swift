// What layers cost on NAME: replace the closure. haq runs this program; docs/cost-programs.md says how they speak.

let widths = (1...8).flatMap { weight in (1...8).map { "W\(weight)A\($0)" } }

// Of the whole batch, in SI units; throw Unsupported("why") for what NAME cannot run.
serveCosts(
  program: "NAME 1", device: "NAME", precisions: widths,
  layers: ["convolution", "depthwise", "fully-connected"], metrics: ["latency_s"],
  parameters: ["bit_products_per_s": 1e12]
) { point in
  let products = point.batch * point.layer.macs * point.weightBits * point.activationBits
  return ["latency_s": Double(products) / (point.parameters["bit_products_per_s"] ?? 1e12)]
}
