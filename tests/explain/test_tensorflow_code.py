"""The TensorFlow code that explain prints, and where there is none."""

from __future__ import annotations

import ast

import pytest

from tests.code_cases import (
    ASYMMETRIC,
    EVEN,
    LINE,
    PICTURE,
    TF,
    VOLUME,
    WHOLE,
    Case,
    of,
)
from updown_cli.explain.equal_code import tensorflow_code
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.dilated import DilatedConv
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.conv.separable import SeparableConv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.pool.adaptive_avg import AdaptiveAvgPool
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.pool.median import MedianPool
from updown_cli.ops.pool.min import MinPool
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.unpool.grad import GradUnpool
from updown_cli.ops.unpool.zero import ZeroUnpool
from updown_cli.ops.upblock.up_conv import UpConv
from updown_cli.ops.upsample.area import Area
from updown_cli.ops.upsample.area_exact import AreaExact
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.linear import Linear
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.nearest_exact import NearestExact

TRANSPOSED = "y = tf.nn.conv2d_transpose(x, filters, output_shape={}, strides=2, padding={})"


def tensorflow_line(case: Case) -> str | None:
    """Return the last statement of TensorFlow's code on one line."""
    code = tensorflow_code(case.cls(**case.settings), case.shape)
    return code and ast.unparse(ast.parse(code).body[-1]).replace("'", '"')


# Every line was run with TensorFlow 2.21 and gives what the operation gives.
@pytest.mark.usefixtures("files_of_cases")
@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            of(MaxPool, PICTURE, kernel_size=(3,), stride=(2,), padding="same"),
            'y = tf.nn.max_pool2d(x, ksize=3, strides=2, padding="SAME")',
        ),
        (
            of(MaxPool, LINE, stride=(1,)),
            'y = tf.nn.max_pool1d(x, ksize=2, strides=1, padding="VALID")',
        ),
        (
            of(MaxPool, PICTURE, print_indices=True, index_format="tf-batch"),
            "y, indices = tf.nn.max_pool_with_argmax(x, ksize=2, strides=2, "
            'padding="VALID", include_batch_in_index=True)',
        ),
        (of(MaxPool, EVEN, print_indices=True), "indices = indices // 4"),
        (
            of(MaxPool, PICTURE, kernel_size=(2, 3), stride=(1,), padding=(1,)),
            "y = tf.nn.max_pool2d(x, ksize=(2, 3), strides=1, "
            "padding=[[0, 0], [1, 1], [1, 1], [0, 0]])",
        ),
        (
            of(MinPool, PICTURE, stride=(1,), dilation=(2,)),
            'y = -tf.nn.pool(-x, window_shape=[2, 2], pooling_type="MAX", dilations=[2, 2])',
        ),
        (
            of(AvgPool, VOLUME, padding="same"),
            'y = tf.nn.avg_pool3d(x, ksize=2, strides=2, padding="SAME")',
        ),
        (
            of(AdaptiveAvgPool, EVEN, output_size=(3, 2)),
            'y = tf.nn.avg_pool2d(x, ksize=(2, 4), strides=(2, 4), padding="VALID")',
        ),
        (
            of(GradUnpool, EVEN, source="s.npy", output_size=(11, 16), padding="same"),
            "y = tf.raw_ops.MaxPoolGrad(orig_input=source, orig_output=pooled, grad=x, "
            'ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")',
        ),
        (
            of(ZeroUnpool, EVEN),
            TRANSPOSED.format("[len(x), 12, 16, 4]", '"VALID"'),
        ),
        (
            of(NearestExact, PICTURE, size=(5, 6)),
            'y = tf.image.resize(x, (5, 6), method="nearest")',
        ),
        (
            of(Nearest, PICTURE, size=(5, 6)),
            "y = tf.compat.v1.image.resize_nearest_neighbor(x, (5, 6))",
        ),
        (
            of(Nearest, PICTURE, size=(5, 6), coordinates="align-corners"),
            "y = tf.compat.v1.image.resize_nearest_neighbor(x, (5, 6), align_corners=True)",
        ),
        (
            of(Bilinear, PICTURE, scale_factor=(2,)),
            'y = tf.image.resize(x, (14, 20), method="bilinear")',
        ),
        (
            of(Linear, PICTURE, size=(5, 6), align_corners=True),
            "y = tf.compat.v1.image.resize_bilinear(x, (5, 6), align_corners=True)",
        ),
        (
            of(Bilinear, PICTURE, size=(5, 6), **ASYMMETRIC),
            "y = tf.compat.v1.image.resize_bilinear(x, (5, 6))",
        ),
        (
            of(Bicubic, PICTURE, size=(5, 6), antialias=True),
            'y = tf.image.resize(x, (5, 6), method="bicubic", antialias=True)',
        ),
        (
            of(Lanczos, PICTURE, size=(5, 6)),
            'y = tf.image.resize(x, (5, 6), method="lanczos3", antialias=True)',
        ),
        (of(AreaExact, PICTURE, size=(5, 6)), 'y = tf.image.resize(x, (5, 6), method="area")'),
        (
            of(PlainConv, PICTURE, kernel=TF, weight_layout="hwio", padding="same", stride=(2,)),
            'y = tf.nn.conv2d(x, filters, strides=2, padding="SAME")',
        ),
        (
            of(DilatedConv, PICTURE, kernel=WHOLE, padding="same"),
            'y = tf.nn.atrous_conv2d(x, filters, rate=2, padding="SAME")',
        ),
        (
            of(PlainConv, PICTURE, kernel="box", padding=(1,), bias=(0.5,)),
            "y = tf.nn.depthwise_conv2d(tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]), filters, "
            'strides=[1, 1, 1, 1], padding="VALID") + 0.5',
        ),
        (
            of(SeparableConv, PICTURE, kernel="box", pointwise="1 2 3 4", dilation=(2,)),
            "y = tf.nn.separable_conv2d(x, filters, pointwise, strides=[1, 1, 1, 1], "
            'dilations=[2, 2], padding="VALID")',
        ),
        (
            of(Deconv, Shape(1, 3, 3), kernel="sobel-h", stride=(2,), padding="same"),
            TRANSPOSED.format("[len(x), 6, 6, 1]", '"SAME"'),
        ),
        (  # the size that leaves TensorFlow the same crop
            of(Deconv, Shape(1, 3, 3), kernel="sobel-h", stride=(2,), padding=(1,)),
            TRANSPOSED.format("[len(x), 5, 5, 1]", '"SAME"'),
        ),
        (
            of(Deconv, Shape(1, 3, 3), kernel="sobel-h", stride=(2,)),
            TRANSPOSED.format("[len(x), 7, 7, 1]", '"VALID"'),
        ),
        (
            of(Shuffle, Shape(8, 2, 2), upscale_factor=2, order="dcr"),
            "y = tf.nn.depth_to_space(x, 2)",
        ),
        (of(Shuffle, Shape(1, 4, 4), downscale_factor=2), "y = tf.nn.space_to_depth(x, 2)"),
    ],
    ids=str,
)
def test_tensorflow_has_the_same_layer(case: Case, expected: str) -> None:
    assert tensorflow_line(case) == expected


@pytest.mark.parametrize(
    "case",
    [
        of(MaxPool, PICTURE, ceil_mode=True),
        of(MaxPool, PICTURE, print_indices=True, index_format="onnx"),
        of(AvgPool, PICTURE, kernel_size=(3,), padding=(1,)),
        of(AvgPool, PICTURE, divisor_override=1),
        of(MedianPool, PICTURE),
        of(Nearest, Shape(1, 1, 2), size=(1, 83), coordinates="align-corners"),
        of(AdaptiveAvgPool, PICTURE, output_size=(3,)),
        of(Bilinear, PICTURE, scale_factor=(1.3,)),
        of(Bicubic, PICTURE, scale_factor=(2,)),
        of(Area, PICTURE, size=(3, 5)),
        of(
            Deconv, Shape(1, 3, 3), kernel="sobel-h", stride=(2,), padding=(1,), output_padding=(1,)
        ),
        of(Shuffle, Shape(8, 2, 2), upscale_factor=2),
        of(UpConv, EVEN, init="bilinear"),
    ],
    ids=str,
)
def test_tensorflow_has_no_such_layer(case: Case) -> None:
    assert tensorflow_line(case) is None
