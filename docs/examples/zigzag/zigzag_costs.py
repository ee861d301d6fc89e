"""Costs of layers by ZigZag, an analytical model of accelerators (pip install zigzag-dse): latency and energy.

ZigZag (Mei et al., 2021) looks for the best mapping of each layer onto an array with memories; bits of weights and
activations set how much of it each memory holds and moves. haq_costs.py of haq must lie on PYTHONPATH.
"""
import contextlib
import logging
import os
import tempfile
from importlib import metadata

import zigzag
from zigzag.api import get_hardware_performance_zigzag

import haq_costs

ARRAY = "tpu_like"
INPUTS = os.path.join(os.path.dirname(zigzag.__file__), "inputs")
PARAMETERS = {"clock_hz": 1e9}


def workload(layer, weight_bits, activation_bits, batch):
    """The layer in ZigZag's own words: loops, and the bits of each operand."""
    rows = layer.input if layer.kind == "fully-connected" else layer.output
    sizes = {"B": batch, "K": layer.out_channels // layer.groups, "G": layer.groups, "OX": rows[1], "OY": rows[0],
             "C": layer.in_channels // layer.groups, "FX": layer.kernel[1], "FY": layer.kernel[0]}
    (down, right), (top, left, bottom, end) = layer.stride, layer.padding
    return [{
        "id": 0, "name": "layer", "operator_type": "Conv", "operand_source": {"I": 0, "W": 0},
        "equation": "O[b][g][k][oy][ox]+=W[g][k][c][fy][fx]*I[b][g][c][iy][ix]",
        "loop_dims": list(sizes), "loop_sizes": list(sizes.values()),
        "dimension_relations": [f"ix={right}*ox+{layer.dilation[1]}*fx", f"iy={down}*oy+{layer.dilation[0]}*fy"],
        "pr_loop_dims": ["IX", "IY"], "pr_loop_sizes": [layer.input[1], layer.input[0]],
        "padding": [[left, end], [top, bottom]],
        "operand_precision": {"W": weight_bits, "I": activation_bits, "O_final": activation_bits,
                              "O": weight_bits + activation_bits}}]


def cost(layer, weight_bits, activation_bits, batch):
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(None):
        logging.disable(logging.WARNING)
        picojoules, cycles, _ = get_hardware_performance_zigzag(
            workload(layer, weight_bits, activation_bits, batch), f"{INPUTS}/hardware/{ARRAY}.yaml",
            f"{INPUTS}/mapping/{ARRAY}.yaml", opt="latency", dump_folder=folder, loma_show_progress_bar=False)
    return {"latency_s": cycles / PARAMETERS["clock_hz"], "energy_j": picojoules * 1e-12}


haq_costs.serve(
    cost, program="zigzag-costs 1", device=f"ZigZag's {ARRAY}", metrics=["latency_s", "energy_j"],
    precisions=["W4A4", "W8A8"], parameters=PARAMETERS, software={"zigzag-dse": metadata.version("zigzag-dse")})
