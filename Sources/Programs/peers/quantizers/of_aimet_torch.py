"""AIMET on PyTorch: cross-layer equalization and AdaRound."""

import torch
from aimet_torch.adaround.adaround_weight import Adaround, AdaroundParameters
from aimet_torch.cross_layer_equalization import equalize_model
from aimet_torch.model_preparer import prepare_model
from aimet_torch.quantsim import QuantizationSimModel

from network import module
from result import Quantized, batches, by_torch

PACKAGES = ["aimet-torch", "torch"]


def quantize(job: dict, calibration) -> Quantized:
    torch.manual_seed(1)
    image = torch.from_numpy(calibration[:1])
    model = prepare_model(module(job["network"], job["data"])).eval()
    equalize_model(model, input_shapes=tuple(image.shape), dummy_input=image)
    scheme, loader = "tf_enhanced", [torch.from_numpy(batch) for batch in batches(calibration, 32)]
    widths = {"default_param_bw": job["weight_bits"]}
    if job["method"] == "adaround":
        parameters = AdaroundParameters(loader, len(loader))
        model = Adaround.apply_adaround(
            model, image, parameters, path=".", filename_prefix="adaround", default_quant_scheme=scheme, **widths)
    sim = QuantizationSimModel(model, image, quant_scheme=scheme, default_output_bw=job["activation_bits"], **widths)
    if job["method"] == "adaround":
        sim.set_and_freeze_param_encodings("adaround.encodings")

    def run(each):
        with torch.no_grad():
            for batch in loader:
                each(batch)

    sim.compute_encodings(run)
    return Quantized(by_torch(sim.model), "AIMET in PyTorch")
