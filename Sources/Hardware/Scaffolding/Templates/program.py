"""What layers cost on NAME: replace `cost`. haq runs this program; docs/cost-programs.md says how they speak."""
import haq_costs

PARAMETERS = {"bit_products_per_s": 1e12}


def cost(layer, weight_bits, activation_bits, batch):
    """Of the whole batch, in SI units; raise haq_costs.Unsupported("why") for what NAME cannot run."""
    products = batch * layer.macs * weight_bits * activation_bits
    return {"latency_s": products / PARAMETERS["bit_products_per_s"]}


haq_costs.serve(
    cost, program="NAME 1", device="NAME", parameters=PARAMETERS,
    layers=["convolution", "depthwise", "fully-connected"], metrics=["latency_s"],
    precisions=[f"W{w}A{a}" for w in range(1, 9) for a in range(1, 9)])
