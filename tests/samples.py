"""Operations with other settings than their defaults: at least one for every mode."""

from __future__ import annotations

from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

from updown_cli.op.base import Op
from updown_cli.ops.activate.activations import Elu, LeakyRelu, Prelu, Relu, Sigmoid, Tanh
from updown_cli.ops.add.add import Add
from updown_cli.ops.concat.concat import Concat
from updown_cli.ops.conv.depthwise import DepthwiseConv
from updown_cli.ops.conv.dilated import DilatedConv
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.conv.quantized import QuantizedConv
from updown_cli.ops.conv.separable import SeparableConv
from updown_cli.ops.crop.box import Box
from updown_cli.ops.crop.crop import Crop
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.deconvnet.deconvnet import Deconvnet
from updown_cli.ops.flip.channels import FlipChannels
from updown_cli.ops.flip.sides import FlipHorizontal, FlipVertical
from updown_cli.ops.flip.turn import Turn
from updown_cli.ops.normalize.normalize import Normalize
from updown_cli.ops.pad.circular import CircularPad
from updown_cli.ops.pad.constant import ConstantPad
from updown_cli.ops.pad.margins import Margins
from updown_cli.ops.pad.reflect import ReflectPad
from updown_cli.ops.pad.replicate import ReplicatePad
from updown_cli.ops.pad.symmetric import SymmetricPad
from updown_cli.ops.pool.adaptive_avg import AdaptiveAvgPool
from updown_cli.ops.pool.adaptive_max import AdaptiveMaxPool
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.blur import BlurPool
from updown_cli.ops.pool.fractional_max import FractionalMaxPool
from updown_cli.ops.pool.fractional_tensorflow import (
    TensorFlowFractionalAvgPool,
    TensorFlowFractionalMaxPool,
)
from updown_cli.ops.pool.lp import LpPool
from updown_cli.ops.pool.majority import MajorityPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.pool.median import MedianPool
from updown_cli.ops.pool.min import MinPool
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.unpool.avg import AvgUnpool
from updown_cli.ops.unpool.grad import GradUnpool
from updown_cli.ops.unpool.max import MaxUnpool
from updown_cli.ops.unpool.zero import ZeroUnpool
from updown_cli.ops.upblock.fast_up_conv import FastUpConv
from updown_cli.ops.upblock.fast_up_proj import FastUpProj
from updown_cli.ops.upblock.meta import Meta
from updown_cli.ops.upblock.nn_conv import NNConv
from updown_cli.ops.upblock.subpixel import SubPixel
from updown_cli.ops.upblock.up_conv import UpConv
from updown_cli.ops.upblock.up_proj import UpProj
from updown_cli.ops.upsample.area import Area
from updown_cli.ops.upsample.area_exact import AreaExact
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.like.jax import JaxLinear
from updown_cli.ops.upsample.like.keras import KerasBicubic
from updown_cli.ops.upsample.like.matlab import MatlabBicubic
from updown_cli.ops.upsample.like.onnx.modes import OnnxCubic
from updown_cli.ops.upsample.like.opencv.smooth import OpenCVCubic
from updown_cli.ops.upsample.like.pillow import PillowHamming
from updown_cli.ops.upsample.like.scipy import SciPyZoom
from updown_cli.ops.upsample.like.skimage import SkimageResize
from updown_cli.ops.upsample.like.tensorflow import TensorFlowBicubic
from updown_cli.ops.upsample.like.tensorflow1 import TensorFlow1Bilinear
from updown_cli.ops.upsample.like.torchvision import TorchvisionBilinear
from updown_cli.ops.upsample.linear import Linear
from updown_cli.ops.upsample.mean import MeanUpsample
from updown_cli.ops.upsample.median import MedianUpsample
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.nearest_exact import NearestExact
from updown_cli.ops.upsample.spline import SplineUpsample
from updown_cli.ops.upsample.step import StepUpsample
from updown_cli.ops.upsample.trilinear import Trilinear

#: A network for images of four channels.
FOUR = str(Path(__file__).parent / "networks" / "four")

#: One for each library: its conventions have tests of their own.
OF_LIBRARIES: tuple[Op, ...] = (
    PillowHamming(size=(3, 11)),
    TorchvisionBilinear(size=(4, 5), antialias=False, in_bytes=False),
    OpenCVCubic(size=(7, 3), ipp=False),
    SciPyZoom(size=(3, 9), grid_mode=True, edge="mirror"),
    SkimageResize(size=(7, 3), order=2, clip=False),
    TensorFlowBicubic(size=(4, 9)),
    TensorFlow1Bilinear(size=(9, 3), align_corners=True),
    OnnxCubic(scale_factor=(0.5, 1.6), antialias=True, cubic_coeff_a=-0.5),
    JaxLinear(size=(3, 9)),
    KerasBicubic(size=(5, 7)),
    MatlabBicubic(size=(5, 7)),
)

SAMPLES: tuple[Op, ...] = (
    MaxPool(),
    MaxPool(kernel_size=(3,), stride=(2,), padding=(1,), dilation=(1, 2), ceil_mode=True),
    MaxPool(kernel_size=(2, 3), padding="same-lower"),
    AvgPool(kernel_size=(3, 2), padding=(1,), count_include_pad=False, divisor_override=5),
    AvgPool(padding="same"),
    MajorityPool(kernel_size=(3,), padding=(1,), stride=(2,)),
    MinPool(kernel_size=(3,), stride=(1,)),
    MedianPool(kernel_size=(3,), padding=(1,), median="mean"),
    LpPool(norm_type=1.5, convention="onnx", ceil_mode=True),
    LpPool(norm_type=float("inf")),
    BlurPool(kernel_size=(7, 4), stride=(3, 2)),
    AdaptiveMaxPool(output_size=(3, None)),
    AdaptiveAvgPool(output_size=(5,)),
    FractionalMaxPool(output_ratio=(0.5,), seed=7, same_windows=True),
    TensorFlowFractionalMaxPool(row_sequence=(0, 2, 3, 6), col_sequence=(0, 1, 4, 8)),
    TensorFlowFractionalAvgPool(
        row_sequence=(0, 1, 6), col_sequence=(0, 3, 5, 8), overlapping=True
    ),
    LpPool(convention="onnx", kernel_size=(3,), stride=(2,), padding=(1,), dilation=(1, 2)),
    MaxUnpool(indices="positions.npz", output_size=(12, 16), duplicates="sum"),
    GradUnpool(
        source="photo.png", output_size=(12, 16), kernel_size=(3,), stride=(3,), padding=(1,)
    ),
    AvgUnpool(kernel_size=(3,), stride=(2,), padding=(1,), adjoint=True),
    ZeroUnpool(kernel_size=(3,), stride=(2,), padding="valid"),
    Nearest(scale_factor=(2, 1.5)),
    NearestExact(size=(None, 5)),
    Linear(scale_factor=(0.5,), align_corners=True),
    Bilinear(scale_factor=(Fraction(29, 100), Fraction(3, 2)), antialias=True),
    Bicubic(scale_factor=(1.7,), recompute_scale_factor=True),
    Trilinear(size=(3, 4, 5)),
    Area(size=(3, 4)),
    AreaExact(size=(3, 7)),
    Lanczos(scale_factor=(0.6,)),
    PlainConv(kernel="1 2; 3 4", stride=(2, 1), padding=(1,), bias=(0.5,)),
    PlainConv(kernel="gaussian", kernel_size=(3, 5), padding="same-lower", stride=(3,)),
    DilatedConv(kernel="box", padding="same"),
    DepthwiseConv(kernel="sobel-h,sobel-v", stride=(2,)),
    SeparableConv(kernel="box", multiplier=2, pointwise="1 2 3 4 5 6 7 8; 8 7 6 5 4 3 2 1"),
    QuantizedConv(
        kernel="sobel-v", x_zero_point=3, w_scale=(0.5,), w_zero_point=(-1,), y_zero_point=128
    ),
    Deconv(kernel="sobel-h,sobel-v", report_overlap=True),
    Nearest(size=(7,), coordinates="align-corners"),
    Bicubic(size=(9, 4), coordinates="asymmetric"),
    StepUpsample(scale_factor=(1.5,), step="next", coordinates="half-pixel"),
    SplineUpsample(size=(11, None), boundary="clamped", coordinates="asymmetric"),
    MeanUpsample(scale_factor=(2, 3)),
    MedianUpsample(scale_factor=(3,), median="mean"),
    *OF_LIBRARIES,
    Deconv(kernel="bilinear", stride=(2,), padding=(1,)),
    Deconv(kernel="1 2; 3 4", stride=(3, 2), output_padding=(2, 1), bias=(0.5,), dilation=(2,)),
    Deconv(kernel="sobel-h", padding="same", stride=(2,), method="matrix"),
    Deconv(kernel="1 2; 3 4", padding="same-lower", stride=(3,)),
    Deconv(kernel="sobel-v", padding="same", output_padding=(1, 2), stride=(3,)),
    Deconvnet(net=f"{FOUR}.json", weights=f"{FOUR}.npz", layer="relu1", unit="5,2,3"),
    Deconvnet(
        net=f"{FOUR}.json", weights=f"{FOUR}.npz", layer="conv2", unit="top:3", rule="guided"
    ),
    Shuffle(upscale_factor=2, order="dcr"),
    Shuffle(downscale_factor=2, order="phase-shift", arrange="grid"),
    UpConv(init="bilinear", show_steps="steps"),
    FastUpConv(init="random", batch_norm=True, relu=False),
    UpProj(init="bilinear", eps=1e-4),
    FastUpProj(init="random", seed=7, input_range="code"),
    NNConv(init="bilinear", kernel_size=3, order="upsample-first"),
    SubPixel(init="icnr", upscale_factor=3, channel_order="dcr"),
    Crop(size=(3, 4), at="top"),
    Crop(box=Box((-1, 2), (8, 9))),
    ConstantPad(padding=Margins(((1, 2), (0, 3))), value=(7.0,)),
    ConstantPad(size=(13, 16), at="center"),
    ReflectPad(padding=Margins(((2, 3), (1, 0)))),
    ReplicatePad(to_multiple=(5, 7)),
    CircularPad(padding=Margins(((2, 2),), each_axis=True)),
    SymmetricPad(padding=Margins(((2, 3), (1, 0)))),
    FlipHorizontal(),
    FlipVertical(),
    Turn(times=3),
    FlipChannels(),
    Normalize(mean=(0.1, 0.2, 0.3, 0.4), std=(0.5,)),
    Normalize(mean=(3.0,), std=(2.0,), inverse=True, input_range="code"),
    Relu(),
    LeakyRelu(negative_slope=0.2),
    Elu(scale=0.5, input_range="unit"),
    Prelu(weight=(0.1, 0.2, 0.3, 0.4)),
    Tanh(input_range="unit"),
    Sigmoid(),
    Meta(init="bilinear", scale_factor=(1.7,)),
    Meta(init="random", scale_factor=(Fraction(2, 3),), kernel_size=1),
    Concat(other="@e1", fit="crop", kept_first=True),
    Add(other="@e1", fit="pad"),
)


def has_sample(cls: type[Op]) -> bool:
    """Return whether a mode has a sample, or its library one."""
    return any(type(op) is cls or (cls.like and op.like == cls.like) for op in SAMPLES)


#: The package that the code of a library's resize imports, if it is not torch or Pillow.
PACKAGES = {
    "opencv": "cv2",
    "skimage": "skimage",
    "scipy": "scipy",
    "matlab": "numpy",
    "tensorflow": "tensorflow",
    "tensorflow1": "tensorflow",
    "onnx": "onnxruntime",
    "jax": "jax",
    "keras": "keras",
}


def has_package(op: Op | type[Op]) -> bool:
    """Return whether its library is installed: some are only in the conformance run."""
    return op.like not in PACKAGES or find_spec(PACKAGES[op.like]) is not None


def dims_of(op: Op) -> int:
    """Return the number of sides of the data that a sample is for."""
    return 3 if isinstance(op, Trilinear) else 2
