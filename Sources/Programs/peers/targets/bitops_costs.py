"""BitOps as a cost program: multiply-accumulates times bits of weights times bits of activations, a picosecond each."""

import haq_costs


def cost(layer, weight_bits, activation_bits, batch):
    return {"latency_s": batch * layer.macs * weight_bits * activation_bits * 1e-12}


haq_costs.serve(
    cost, program="bitops 1", device="none", layers=["convolution", "depthwise", "fully-connected"],
    precisions=[f"W{weight}A{activation}" for weight in (2, 4, 6, 8) for activation in (4, 6, 8)])
