"""Top-1 accuracy of an exported network by onnxruntime: python3 accuracy.py FILE.onnx"""
import sys

import numpy
import onnxruntime
from PIL import Image
from pathlib import Path

MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
right = count = 0
for label, folder in enumerate(sorted(Path("images/test").iterdir())):
    files = sorted(folder.iterdir())
    pixels = numpy.stack([numpy.asarray(Image.open(file), dtype=numpy.float32) / 255 for file in files])
    inputs = ((pixels - MEAN) / DEVIATION).astype(numpy.float32).transpose(0, 3, 1, 2)
    scores = session.run(None, {session.get_inputs()[0].name: numpy.ascontiguousarray(inputs)})[0]
    right += int((scores.argmax(axis=1) == label).sum())
    count += len(files)
print(f"{sys.argv[1]}: {100 * right / count:.2f} % of {count} images")
