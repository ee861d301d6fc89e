"""Writes keras_export.onnx and tf2onnx.onnx beside this file, by Keras's own export and by tf2onnx.

Written with Keras 3.15.1, tensorflow-cpu 2.21.0, tf2onnx 1.17.0, onnx 1.23.2 and numpy 2.4.6 of pip; the tests read the
files, since TensorFlow is half a gigabyte.
"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
import keras
import numpy
import tensorflow
import tf2onnx
from keras import layers

HERE = os.path.dirname(os.path.abspath(__file__))


def network():
    """Layers of many kinds on images of 16x16 in three channels, which are last, as ever in Keras."""
    image = keras.Input((16, 16, 3), name="image")
    x = layers.Rescaling(2.0, offset=-1)(image)
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(6.0)(x)
    y = layers.DepthwiseConv2D(3, padding="same")(x)
    y = layers.Activation("swish")(y)
    y = layers.Conv2D(8, 1)(y)
    x = layers.Add()([x, y])
    x = layers.SeparableConv2D(12, 3, padding="same", activation="hard_sigmoid")(x)
    x = layers.Conv2DTranspose(6, 2, strides=2)(x)
    x = layers.UpSampling2D(2, interpolation="bilinear")(x)
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.AveragePooling2D(2, padding="same")(x)
    scale = layers.GlobalAveragePooling2D(keepdims=True)(x)
    scale = layers.Conv2D(6, 1, activation="sigmoid")(scale)
    x = layers.Multiply()([x, scale])
    x = layers.LeakyReLU()(x)
    x = layers.PReLU(shared_axes=[1, 2])(x)
    x = layers.LayerNormalization()(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(image, layers.Dense(10, activation="softmax")(x))


keras.utils.set_random_seed(1)
model = network()
model(numpy.zeros((1, 16, 16, 3), numpy.float32))
model.export(os.path.join(HERE, "keras_export.onnx"), format="onnx", verbose=False)
# tf2onnx logs that its optimizer of transpositions fails on an addition of one number, and writes the network without it.
function = tensorflow.function(lambda image: model(image, training=False))
signature = [tensorflow.TensorSpec((None, 16, 16, 3), tensorflow.float32, name="image")]
tf2onnx.convert.from_function(
    function, signature, opset=18, inputs_as_nchw=["image"], output_path=os.path.join(HERE, "tf2onnx.onnx"))
