"""Settings of every operation whose printed code is run: each parameter once not as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save_file

from updown_cli.op.base import Op
from updown_cli.op.relative_size import parse_relative
from updown_cli.op.shape import Shape
from updown_cli.ops.activate.activations import Elu, LeakyRelu, Prelu, Relu, Sigmoid, Tanh
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
from updown_cli.ops.upsample.like.pillow import MODES as PILLOW
from updown_cli.ops.upsample.like.torchvision import MODES as TORCHVISION
from updown_cli.ops.upsample.linear import Linear
from updown_cli.ops.upsample.mean import MeanUpsample
from updown_cli.ops.upsample.median import MedianUpsample
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.nearest_exact import NearestExact
from updown_cli.ops.upsample.spline import SplineUpsample
from updown_cli.ops.upsample.step import StepUpsample
from updown_cli.ops.upsample.trilinear import Trilinear

LINE = Shape(4, 9)
PICTURE = Shape(4, 7, 10)
EVEN = Shape(4, 6, 8)
VOLUME = Shape(4, 4, 5, 6)
NETWORK = Path(__file__).parent / "networks"


@dataclass(frozen=True)
class Case:
    """Settings of an operation, which may name files that a fixture writes, and a shape."""

    cls: type[Op]
    shape: Shape
    settings: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        told = ",".join(f"{name}={value}" for name, value in self.settings.items())
        return f"{self.cls.__name__}-{self.shape}-{told}"


def of(cls: type[Op], shape: Shape, **settings: Any) -> Case:
    return Case(cls, shape, settings)


POOLS = [
    of(MaxPool, LINE, kernel_size=(3,), stride=(2,), padding=(1,), print_indices=True),
    of(MaxPool, EVEN, require_divisible=True, save_indices="p.npz", index_format="tf"),
    of(MaxPool, PICTURE, padding="same", save_indices="p.npz", index_format="onnx"),
    of(MaxPool, LINE, padding="same-lower", print_indices=True, index_format="tf-batch"),
    of(MaxPool, VOLUME, padding="same", stride=(3, 2, 2), print_indices=True),
    of(
        MaxPool, Shape(2, 2, 3), padding="same", kernel_size=(3,), dilation=(3,), print_indices=True
    ),
    of(MaxPool, PICTURE, padding="valid", kernel_size=(3, 2)),
    of(MinPool, PICTURE, kernel_size=(4, 3), stride=(2, 3), padding="same", dilation=(1, 2)),
    of(MinPool, VOLUME, ceil_mode=True, require_divisible=True, padding=(1,)),
    of(AvgPool, PICTURE, kernel_size=(3,), stride=(2,), padding="same"),
    of(AvgPool, PICTURE, padding="same"),
    of(AvgPool, PICTURE, padding="same-lower", divisor_override=3),
    of(AvgPool, PICTURE, kernel_size=(3,), padding="same", divisor_override=5),
    of(AvgPool, LINE, kernel_size=(3,), stride=(2,), padding=(1,), divisor_override=2),
    of(AvgPool, LINE, padding="same"),
    of(AvgPool, LINE, kernel_size=(3,), padding=(1,), count_include_pad=False, ceil_mode=True),
    of(AvgPool, EVEN, require_divisible=True, padding="valid"),
    of(AvgPool, VOLUME, kernel_size=(2, 3, 2), divisor_override=1),
    of(MedianPool, PICTURE, kernel_size=(2,), stride=(1, 2), median="mean"),
    of(MedianPool, PICTURE, kernel_size=(3,), dilation=(2, 1), padding="same-lower"),
    of(MedianPool, PICTURE, ceil_mode=True, require_divisible=True, padding=(1,)),
    of(MedianPool, LINE, kernel_size=(4,), padding="same"),
    of(MedianPool, VOLUME, padding="valid"),
    of(MajorityPool, LINE, kernel_size=(3,), stride=(1,)),
    of(MajorityPool, VOLUME, padding="same", ignore_label=3),
    of(MajorityPool, PICTURE, kernel_size=(3,), dilation=(2, 1), ceil_mode=True),
    of(MajorityPool, EVEN, require_divisible=True, ignore_label=7),
    of(LpPool, LINE, norm_type=3.0, ceil_mode=True),
    of(LpPool, VOLUME, kernel_size=(2, 2, 3), stride=(1,)),
    of(LpPool, PICTURE, convention="onnx", norm_type=float("inf"), ceil_mode=True),
    of(LpPool, PICTURE, convention="onnx", norm_type=64.0, ceil_mode=True),
    of(LpPool, LINE, convention="onnx", norm_type=0.5, require_divisible=True, kernel_size=(3,)),
    of(LpPool, PICTURE, convention="onnx", kernel_size=(3,), padding=(1, 0), dilation=(2, 1)),
    of(LpPool, LINE, convention="onnx", norm_type=float("inf"), padding="same-lower"),
    of(BlurPool, LINE),
    of(BlurPool, VOLUME, kernel_size=(3, 4, 5), stride=(2, 1, 3)),
    of(BlurPool, Shape(2, 1, 2), kernel_size=(7,), stride=(1,)),
    of(BlurPool, Shape(1, 3, 3), kernel_size=(7,)),
    of(AdaptiveMaxPool, LINE, output_size=(4,), save_indices="p.npz"),
    of(AdaptiveMaxPool, VOLUME, output_size=(2, None, 4), print_indices=True, index_format="tf"),
    of(AdaptiveAvgPool, LINE, output_size=(12,)),
    of(AdaptiveAvgPool, VOLUME, output_size=(2, None, 4)),
    of(FractionalMaxPool, PICTURE, output_size=(3, 4), seed=1, print_indices=True),
    of(FractionalMaxPool, VOLUME, output_ratio=(0.5,), kernel_size=(1, 2, 2), seed=2),
    of(FractionalMaxPool, PICTURE, output_ratio=(0.5,), seed=3, samples="arrays.npz::samples"),
    of(FractionalMaxPool, EVEN, output_size=(3,), seed=4, save_indices="p", index_format="onnx"),
    *(
        of(cls, EVEN, row_sequence=(0, 2, 3, 6), col_sequence=(0, 1, 8), overlapping=both)
        for cls in (TensorFlowFractionalMaxPool, TensorFlowFractionalAvgPool)
        for both in (False, True)
    ),
]

UNPOOLS = [
    of(MaxUnpool, EVEN, kernel_size=(2,), indices="p.npz"),
    of(MaxUnpool, EVEN, output_size=(13, 17), indices="p.npz", index_format="tf"),
    of(
        MaxUnpool, LINE, kernel_size=(3,), stride=(2,), padding=(1,), output_size=(18,), indices="p"
    ),
    of(MaxUnpool, VOLUME, kernel_size=(2, 3, 2), indices="p.npz"),
    *(
        of(MaxUnpool, EVEN, output_size=(5, 6), indices="p.npz", duplicates=way)
        for way in ("last", "sum", "max", "mean")
    ),
    of(MaxUnpool, LINE, kernel_size=(2,), indices="p.npz", duplicates="last"),
    of(GradUnpool, EVEN, source="s.npy", output_size=(8, 10), kernel_size=(3,), stride=(1,)),
    of(GradUnpool, EVEN, source="s.npy", output_size=(11, 15), padding="same", dilation=(2, 1)),
    of(GradUnpool, LINE, source="s.npy", output_size=(17,), ceil_mode=True),
    of(GradUnpool, VOLUME, source="s.npy", output_size=(8, 10, 12)),
    of(AvgUnpool, PICTURE),
    of(AvgUnpool, PICTURE, kernel_size=(2,), stride=(3,), output_size=(21, 27)),
    of(AvgUnpool, PICTURE, kernel_size=(3,), stride=(2,), output_size=(14, 22)),
    of(AvgUnpool, LINE, kernel_size=(3,), stride=(2,), padding=(1,), output_size=(16,)),
    of(AvgUnpool, VOLUME, kernel_size=(2, 1, 3), adjoint=True, stride=(1,)),
    of(ZeroUnpool, LINE, kernel_size=(2,), stride=(3,)),
    of(ZeroUnpool, VOLUME, kernel_size=(3, 1, 2), stride=(1, 2, 2), padding="valid"),
]

ALIGNED, ASYMMETRIC = {"coordinates": "align-corners"}, {"coordinates": "asymmetric"}
UPSAMPLES = [
    of(Nearest, LINE, scale_factor=(1.5,), coordinates="half-pixel", recompute_scale_factor=True),
    of(Nearest, VOLUME, size=(5, None, 3), **ALIGNED),
    of(NearestExact, VOLUME, scale_factor=(1.3, 2, 0.5), recompute_scale_factor=True),
    of(Linear, LINE, size=(20,), **ASYMMETRIC),
    of(Linear, VOLUME, scale_factor=(1.5,), recompute_scale_factor=True),
    of(Linear, PICTURE, size=(3, 4), antialias=True),
    of(Bilinear, PICTURE, scale_factor=(2.5, 0.6), **ASYMMETRIC),
    of(Bilinear, PICTURE, size=(9, None), align_corners=True),
    of(Bilinear, PICTURE, scale_factor=(1.3,), recompute_scale_factor=True),
    of(Bicubic, PICTURE, scale_factor=(2.5, 0.6), **ALIGNED),
    *(of(cls, PICTURE, size=(4, 20)) for cls in (*PILLOW, *TORCHVISION)),
    *(of(cls, PICTURE, scale_factor=(2.5, 0.6)) for cls in (*PILLOW, *TORCHVISION)),
    *(of(cls, PICTURE, size=(3, 2), box=(1.0, 0.5, 8.0, 6.0), reducing_gap=1.0) for cls in PILLOW),
    *(of(cls, PICTURE, size=(9, 9), antialias=False) for cls in TORCHVISION[:2]),
    *(of(cls, PICTURE, size=(9, 9), in_bytes=False) for cls in TORCHVISION[:3]),
    of(Bicubic, PICTURE, size=(4, 20), antialias=True, align_corners=True),
    of(Trilinear, VOLUME, scale_factor=(1.5,), recompute_scale_factor=True, align_corners=True),
    of(Trilinear, VOLUME, size=(5, 9, 3), **ASYMMETRIC),
    of(Area, LINE, scale_factor=(0.4,)),
    of(AreaExact, LINE, scale_factor=(0.4,)),
    of(AreaExact, VOLUME, size=(3, 4, 9)),
    of(Lanczos, PICTURE, scale_factor=(1.7,), recompute_scale_factor=True),
    of(Lanczos, PICTURE, size=(5, None)),
    of(StepUpsample, LINE, size=(17,)),
    of(StepUpsample, VOLUME, scale_factor=(1.7,), recompute_scale_factor=True, **ASYMMETRIC),
    of(SplineUpsample, LINE, size=(25,), boundary="natural"),
    of(SplineUpsample, VOLUME, scale_factor=(2.3,), recompute_scale_factor=True),
    of(SplineUpsample, Shape(2, 1, 2), size=(3, 5), boundary="clamped", coordinates="half-pixel"),
    of(MeanUpsample, LINE, scale_factor=(4,)),
    of(MeanUpsample, VOLUME, scale_factor=(1, 2, 3)),
    of(MeanUpsample, PICTURE, scale_factor=(1,)),
    of(MedianUpsample, LINE, scale_factor=(4,)),
    of(MedianUpsample, VOLUME, scale_factor=(1, 2, 3), median="mean"),
]

WHOLE, TF = "arrays.npz::oihw", "arrays.npz::hwio"
BOTH = {"bias": (1.0, -2.0, 0.5, 3.0)}
CONVS = [
    of(PlainConv, LINE, kernel="1 2 3", bias=(-1.5,), dilation=(2,)),
    of(PlainConv, Shape(1, 5, 5), kernel="laplacian", padding="same"),
    of(PlainConv, PICTURE, kernel=WHOLE, bias="arrays.npz::bias8", stride=(2,), padding=(2,)),
    of(PlainConv, PICTURE, kernel=TF, weight_layout="hwio", padding="same", stride=(2, 3)),
    of(PlainConv, PICTURE, kernel="net.pt::oihw", groups=1, bias="net.pt::deep.bias"),
    of(PlainConv, PICTURE, kernel="net.safetensors::grouped", groups=2),
    of(PlainConv, PICTURE, kernel="one.npy", kernel_size=None, **BOTH),
    of(PlainConv, PICTURE, kernel="one.pth"),
    of(PlainConv, PICTURE, kernel="it's.npy"),
    of(PlainConv, VOLUME, kernel="gaussian", kernel_size=(3, 2, 5), padding="same"),
    of(PlainConv, VOLUME, kernel="identity", kernel_size=(3, 2, 5)),
    of(PlainConv, PICTURE, kernel="box,gaussian,box", kernel_size=(3, 4)),
    of(DilatedConv, PICTURE, kernel="sharpen,laplacian", dilation=(1, 2), bias="arrays.npz::bias1"),
    of(DilatedConv, PICTURE, kernel=TF, weight_layout="hwio", stride=(2,)),
    of(DilatedConv, EVEN, kernel="gaussian", kernel_size=(2,), padding=(3, 2)),
    of(DilatedConv, PICTURE, kernel="arrays.npz::grouped", groups=2),
    of(DepthwiseConv, PICTURE, kernel="bilinear", kernel_size=(4, 5), multiplier=3, bias=(2.0,)),
    of(DepthwiseConv, PICTURE, kernel="arrays.npz::hwim", weight_layout="hwio", dilation=(2,)),
    of(DepthwiseConv, LINE, kernel="1 0 -1", padding="same"),
    of(DepthwiseConv, PICTURE, kernel="arrays.npz::each", padding="same-lower", stride=(2,)),
    of(SeparableConv, PICTURE, kernel="arrays.npz::each", pointwise="arrays.npz::mix", **BOTH),
    of(
        SeparableConv,
        PICTURE,
        kernel="arrays.npz::hwim",
        pointwise="arrays.npz::mix_tf",
        weight_layout="hwio",
        bias=(0.25,),
        stride=(2,),
        dilation=(2,),
        padding="same",
    ),
    of(SeparableConv, LINE, kernel="1 2", pointwise="1 2 3 4", kernel_size=None),
    of(
        SeparableConv,
        PICTURE,
        kernel="box",
        kernel_size=(2,),
        pointwise="arrays.npz::mix_flat",
        weight_layout="hwio",
        multiplier=2,
    ),
    of(
        QuantizedConv,
        PICTURE,
        kernel="sobel-h,sharpen",
        x_scale=0.3,
        w_scale=(0.5, 0.25) * 4,
        w_zero_point=(-1, 2) * 4,
        y_scale=1.7,
        y_zero_point=9,
        bias=(0.75,) * 8,
        padding="same",
    ),
    of(
        QuantizedConv,
        PICTURE,
        kernel="arrays.npz::stored",
        weight_layout="hwio",
        x_zero_point=128,
        bias=(7.0,),
        y_scale=40.0,
        stride=(2,),
        dilation=(2, 1),
        padding=(1,),
        groups=2,
    ),
    of(QuantizedConv, PICTURE, kernel="identity", kernel_size=(3,), bias="arrays.npz::bias4"),
]

METHODS = ("native", "zero-insert", "matrix")
DECONVS = [
    case
    for method in METHODS
    for case in (
        of(Deconv, LINE, kernel="1 2 3", stride=(3,), padding=(1,), method=method),
        of(Deconv, PICTURE, kernel="bilinear", kernel_size=(4, 5), stride=(2,), method=method),
        of(Deconv, PICTURE, kernel="sobel-h", stride=(2,), padding="same", method=method),
        of(Deconv, PICTURE, kernel="1", stride=(2,), padding=(2,), method=method, bias=(0.5,)),
        of(Deconv, PICTURE, kernel="1", stride=(2,), padding="valid", bias=(-0.5,), method=method),
        of(
            Deconv,
            PICTURE,
            kernel="arrays.npz::iohw",
            groups=2,
            bias="arrays.npz::bias4",
            stride=(3, 2),
            output_padding=(2, 1),
            dilation=(2, 1),
            padding=(1, 2),
            method=method,
        ),
        of(
            Deconv,
            PICTURE,
            kernel="arrays.npz::hwoi",
            weight_layout="hwoi",
            padding="same",
            stride=(2,),
            output_size=(13, 20),
            bias=(1.0, 2.0, 3.0),
            method=method,
        ),
        of(
            Deconv,
            PICTURE,
            kernel="box,gaussian",
            kernel_size=(3,),
            padding="valid",
            stride=(4,),
            bias=(1.0, 2.0),
            method=method,
        ),
        of(Deconv, VOLUME, kernel="gaussian", stride=(2,), padding=(1, 0, 1), method=method),
    )
]

SHUFFLES = [
    of(Shuffle, shape, **{factor: 2}, order=order, arrange=arrange)
    for order in ("crd", "dcr", "phase-shift")
    for arrange in ("channels", "grid", "frames")
    for factor in ("upscale_factor", "downscale_factor")
    for shape in (Shape(16, 6), Shape(16, 4, 6), Shape(16, 4, 6, 2))
]

NEW: dict[str, Any] = {"init": "random", "seed": 5}
POST: dict[str, Any] = {"post_conv": "arrays.npz::post", "post_conv_bias": (1.0, -2.0)}
KNOWN: dict[str, Any] = {"weights": "block.npz::up", "show_steps": "steps"}
BLOCKS = [
    case
    for cls in (UpConv, FastUpConv, UpProj, FastUpProj, NNConv)
    for case in (
        of(cls, EVEN, **KNOWN, batch_norm=True, eps=1e-3, relu=False, input_range="code"),
        of(cls, EVEN, **KNOWN, batch_norm=False, biases=False),
        of(cls, EVEN, **NEW, **POST),
        of(cls, EVEN, init="bilinear", post_conv="arrays.npz::post", post_conv_bias=(0.5,)),
    )
]
BLOCKS += [
    of(NNConv, EVEN, init="bilinear", order="upsample-first", kernel_size=7),
    of(NNConv, EVEN, init="bilinear", kernel_size=3),
    of(SubPixel, EVEN, weights="phases.pt", **POST),
    of(SubPixel, EVEN, weights="phases.pt", biases=False, channel_order="dcr", input_range="code"),
    of(SubPixel, EVEN, init="bilinear", upscale_factor=3, kernel_size=5, show_steps="steps"),
    of(SubPixel, EVEN, init="bilinear", channel_order="dcr"),
    of(SubPixel, EVEN, init="random", edges="replicate", hidden=4),
    of(SubPixel, EVEN, init="icnr", seed=3),
    of(SubPixel, EVEN, init="random", channel_order="dcr"),
    of(Meta, EVEN, weights="meta.safetensors::P2W", scale_factor=(1.7,), input_range="code"),
    of(Meta, EVEN, weights="meta.safetensors::P2W", scale_factor=(0.6,), biases=False, **POST),
    of(Meta, EVEN, **NEW, scale_factor=(3,), kernel_size=1, show_steps="steps"),
    of(Meta, EVEN, init="bilinear", scale_factor=(2.3,), kernel_size=5),
    of(Meta, EVEN, init="bilinear", scale_factor=(1.5,), edges="replicate"),
]

WEIGHTS = str(NETWORK / "four.npz")
NETS = [
    of(Deconvnet, EVEN, net=net, weights=WEIGHTS, layer=layer, **settings)
    for net in (str(NETWORK / "four.json"), "odd.json")
    for layer, settings in (
        ("pool1", {"unit": "2", "rule": "gradient", "start": "one"}),
        ("conv2", {"unit": "top:2", "duplicates": "mean"}),
        ("conv2", {"unit": "1,1,0", "duplicates": "max", "rule": "guided"}),
    )
]
NETS += [
    of(Deconvnet, EVEN, net="odd.json", weights="more.npz", layer="end", unit="2,0,0"),
    of(Deconvnet, Shape(1, 5, 5), net="gray.json", weights="more.npz", layer="c", sheet="s.png"),
]

MARGINS = Margins(((1, 2), (3, 0)))

AROUND = [
    *(
        of(cls, PICTURE, kernel="gaussian", bias=(0.5,), input_range="unit")
        for cls in (PlainConv, DilatedConv, DepthwiseConv, Deconv)
    ),
    of(
        SeparableConv,
        PICTURE,
        kernel="1 2; 3 4",
        pointwise="1 0 0 2; 0 1 1 0",
        bias=(1.0, 2.0),
        input_range="unit",
    ),
    of(Crop, LINE, size=(5,), at=(4,)),
    of(Crop, PICTURE, size=parse_relative("short=5")),
    of(Crop, PICTURE, size=(4, 5), center="floor"),
    of(Crop, PICTURE, box=Box((-2, 3), (5, 9))),
    of(Crop, VOLUME, size=(9, 2, None), at="bottom-right"),
    of(ConstantPad, LINE, size=(20,), value=(1.0, 2.0, 3.0, 4.5)),
    of(ConstantPad, VOLUME, to_multiple=(4,), at="center", value=(-1.0,)),
    *(
        case
        for cls in (ReflectPad, ReplicatePad, CircularPad, SymmetricPad)
        for case in (
            of(cls, PICTURE, padding=MARGINS),
            of(cls, VOLUME, to_multiple=(3,), at="center"),
            of(cls, LINE, size=(14,)),
        )
    ),
    of(FlipHorizontal, LINE),
    of(FlipVertical, VOLUME),
    of(FlipChannels, VOLUME),
    *(of(Turn, PICTURE, times=times) for times in (0, 1, 2)),
    of(Turn, VOLUME, like_size=(9, 4)),
    of(Normalize, LINE, mean=(0.5,), std=(0.25,), inverse=True),
    of(Normalize, PICTURE, mean=(0.5,), scale=0.0078),
    of(Normalize, VOLUME, mean=(0.5, 1.0, 1.5, 2.0), std=(1.0, 2.0, 3.0, 4.0)),
    *(
        of(cls, shape, input_range="unit")
        for cls in (Relu, LeakyRelu, Elu, Prelu, Tanh, Sigmoid)
        for shape in (LINE, VOLUME)
    ),
]

CASES = [*POOLS, *UNPOOLS, *UPSAMPLES, *CONVS, *DECONVS, *SHUFFLES, *BLOCKS, *NETS, *AROUND]


def write_files(folder: Path) -> None:
    """Write the files that the cases name."""
    random = np.random.default_rng(8)

    def drawn(*shape: int) -> Any:
        return random.normal(size=shape).astype(np.float32)

    arrays = {
        "oihw": drawn(8, 4, 3, 3),
        "hwio": drawn(3, 2, 4, 8),
        "grouped": drawn(6, 2, 3, 3),
        "each": drawn(8, 1, 3, 2),
        "hwim": drawn(3, 3, 4, 2),
        "stored": random.integers(-8, 8, (3, 3, 2, 4)).astype(np.int8),
        "iohw": drawn(4, 2, 3, 2),
        "hwoi": drawn(3, 4, 3, 4),
        "mix": drawn(4, 8, 1, 1),
        "mix_tf": drawn(1, 1, 8, 5),
        "mix_flat": drawn(8, 3),
        "post": drawn(2, 4, 3, 5),
        "samples": random.random((1, 4, 2)).astype(np.float32),
        **{f"bias{count}": drawn(count) for count in (1, 4, 8)},
    }
    np.savez(folder / "arrays.npz", **arrays)
    for name in ("one.npy", "it's.npy"):
        np.save(folder / name, drawn(2, 3))
    save_file({"grouped": arrays["grouped"]}, folder / "net.safetensors")
    nested = {"oihw": torch.from_numpy(arrays["oihw"]), "deep": {"bias": torch.arange(8.0)}}
    torch.save({"state_dict": nested, "epoch": 3}, folder / "net.pt")
    torch.save(torch.arange(9.0).reshape(3, 3), folder / "one.pth")
    _write_blocks(folder, drawn)
    _write_networks(folder, drawn)


def _write_blocks(folder: Path, drawn: Callable[..., Any]) -> None:
    block = {f"up.conv{n}.weight": drawn(4, 4, side, side) for n, side in ((1, 5), (2, 3), (3, 5))}
    for n in (1, 2, 3):
        block |= {f"up.conv{n}.bias": drawn(4), f"up.bn{n}.running_var": drawn(4) ** 2}
        block |= {f"up.bn{n}.{part}": drawn(4) for part in ("weight", "bias", "running_mean")}
    np.savez(folder / "block.npz", **block)
    phases = {"conv1.weight": drawn(16, 4, 3, 3), "conv1.bias": drawn(16)}
    torch.save(
        {name: torch.from_numpy(array) for name, array in phases.items()}, folder / "phases.pt"
    )
    net = {
        "0.weight": drawn(16, 3),
        "0.bias": drawn(16),
        "2.weight": drawn(144, 16),
        "2.bias": drawn(144),
    }
    save_file(
        {f"P2W.meta_block.{key}": array for key, array in net.items()}, folder / "meta.safetensors"
    )


def _write_networks(folder: Path, drawn: Callable[..., Any]) -> None:
    """Write the network of the samples with an input size, odd names and a linear layer."""
    net = json.loads((NETWORK / "four.json").read_text())
    net["input"] |= {"size": [9, 12], "mean": 0.0, "std": [1.0, 2.0, 3.0, 4.0]}
    net["layers"].insert(4, {"name": "x", "type": "relu"})
    net["layers"][1]["name"] = "a-b"
    net["layers"].append({"name": "end", "type": "linear", "weight": "end.weight"})
    (folder / "odd.json").write_text(json.dumps(net))
    known = dict(np.load(NETWORK / "four.npz"))
    np.savez(folder / "more.npz", **known, **{"end.weight": drawn(5, 60), "c": drawn(2, 1, 3, 3)})
    gray = {"input": {"channels": 1}, "layers": [{"name": "c", "type": "conv", "weight": "c"}]}
    (folder / "gray.json").write_text(json.dumps(gray))
