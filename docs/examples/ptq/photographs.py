"""Writes the inputs without labels that measure.py needs: photographs.py FOLDER

FOLDER is one that docs/examples/export/deploy has filled; it gets unlabelled.npz. Crops of the photographs of three Debian
packages of wallpapers, which are downloaded, calibrate; the crops of scikit-image's pictures in photographs.npy are measured
on. So no picture is in both. Needs apt-get, dpkg-deb, NumPy and Pillow.
"""
import glob
import os
import subprocess
import sys

import numpy
from PIL import Image

PACKAGES = ["mate-backgrounds", "lomiri-wallpapers-16.04", "lomiri-wallpapers-20.04"]
FOLDERS = ["mate/nature/*.jpg", "*_by_*.jpg"]
CALIBRATING, MEASURED = 132, 300
MEAN, DEVIATION = numpy.array([0.485, 0.456, 0.406]), numpy.array([0.229, 0.224, 0.225])


def wallpapers(folder):
    """Paths of the photographs, in the order of their names."""
    downloads = os.path.join(folder, "wallpapers")
    os.makedirs(downloads, exist_ok=True)
    if not glob.glob(os.path.join(downloads, "*.deb")):
        subprocess.run(["apt-get", "--quiet", "download", *PACKAGES], cwd=downloads, check=True)
    for package in glob.glob(os.path.join(downloads, "*.deb")):
        subprocess.run(["dpkg-deb", "--extract", package, downloads], check=True)
    root = os.path.join(downloads, "usr/share/backgrounds")
    return sorted(path for pattern in FOLDERS for path in glob.glob(os.path.join(root, pattern)))


def crops(paths, count):
    """Squares of a quarter to all of the shorter side, from pictures in turn."""
    random = numpy.random.default_rng(2)
    for index in range(count):
        picture = Image.open(paths[index % len(paths)]).convert("RGB")
        side = int(min(picture.size) * random.uniform(0.25, 1))
        left, top = (int(random.integers(0, extent - side + 1)) for extent in picture.size)
        crop = picture.resize((224, 224), Image.BILINEAR, box=(left, top, left + side, top + side), reducing_gap=3)
        yield ((numpy.asarray(crop) / 255 - MEAN) / DEVIATION).astype(numpy.float32).transpose(2, 0, 1)


def main(folder):
    paths = wallpapers(folder)
    print(f"{len(paths)} photographs calibrate")
    measured = numpy.load(os.path.join(folder, "photographs.npy"), mmap_mode="r")[:MEASURED]
    calibrating = numpy.stack(list(crops(paths, CALIBRATING)))
    # Nothing is chosen by the validation split, so that it may be a few of the measured ones.
    numpy.savez(
        os.path.join(folder, "unlabelled.npz"), x_train=calibrating, x_val=measured[:10], x_test=measured)


main(sys.argv[1])
