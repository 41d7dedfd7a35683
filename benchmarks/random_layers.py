"""Random layers as one types them: an operation, a mode, parameters, and an input for it."""

from __future__ import annotations

import random

from updown_cli.op.base import Op
from updown_cli.op.param_types import Choice, Flag
from updown_cli.op.parameter import Parameter
from updown_cli.ops import OPS

#: What a parameter may be, by its name, as it is typed; those of flags and choices are their own.
VALUES: dict[str, tuple[str, ...]] = {
    "kernel_size": ("1", "2", "3", "2x3", "3x1"),
    "stride": ("1", "2", "3", "1x2"),
    "dilation": ("1", "2", "2x1"),
    "padding": ("0", "1", "2", "1x0", "same", "valid"),
    "output_padding": ("0", "1"),
    "output_size": ("1", "2", "3", "5", "2x3"),
    "output_ratio": ("0.5", "0.7"),
    "size": ("1", "3", "5", "4x6", "7x2"),
    "scale_factor": ("2", "0.5", "1.5", "5/3", "2x1", "50%"),
    "kernel": (
        *("1 2; 3 4", "1 2 3; 4 5 6; 7 8 9", "-1 0.5", "0.25", "1 -2 1"),
        *("box", "bilinear", "gaussian", "sobel-h", "laplace", "sharpen", "identity"),
    ),
    "pointwise": ("1", "0.5,-1"),
    "bias": ("0.5", "-2"),
    "groups": ("1", "2"),
    "multiplier": ("1", "2"),
    "upscale_factor": ("1", "2", "3"),
    "downscale_factor": ("1", "2", "3"),
    "divisor_override": ("1", "3"),
    "norm_type": ("1", "2", "3.5", "inf"),
    "seed": ("1", "7"),
    "ignore_label": ("0", "3"),
    "row_sequence": ("0,1,3,4", "0,2,4"),
    "col_sequence": ("0,1,3,4", "0,2,4"),
    "order": ("0", "1", "3"),
    "at": ("0,0", "1,1", "-1,2"),
    "box": ("0,0,2,2", "1,0,3,4"),
    "to_multiple": ("2", "3"),
    "value": ("0", "7"),
    "times": ("1", "2", "3"),
    "mean": ("0", "2.5"),
    "std": ("1", "0.25"),
    "scale": ("1", "0.5"),
    "negative_slope": ("0.01", "0.3"),
    "weight": ("0.25", "-1"),
    "hidden": ("1", "2"),
    "eps": ("0.001",),
    "cubic_coeff_a": ("-0.5", "-0.75"),
    "x_scale": ("1", "0.5"),
    "y_scale": ("1", "2"),
    "w_scale": ("1", "0.5"),
    "x_zero_point": ("0", "3"),
    "y_zero_point": ("0", "3"),
}

#: Parameters that name files, or change nothing that a page shows.
LEFT_OUT = ("save_indices", "print_indices", "require_divisible", "report_overlap", "weight_layout")

#: Commands that need neither a network nor an earlier step of a chain; those that have much to
#: choose stand several times.
ALONE = (
    *("pool", "upsample", "conv", "deconv") * 3,
    *("unpool", "shuffle", "upblock") * 2,
    *("crop", "pad", "flip", "normalize", "activate"),
)

INPUTS = ("", "", "2", "3", "4", "5", "2x3", "3x4", "5x4", "2x3x3", "4x2x2", "9x1x2", "3x4x5")

#: Files that the caller has written, see `FILES` of `benchmarks.pages`.
INPUT_FILES = ("signed.npy", "real.npy", "odd.npy", "picture.png", "signal.npy")


def random_layer(command: str, dice: random.Random) -> list[str]:
    """Return the words after `updown explain`; what they say may be impossible."""
    family = OPS[command]
    cls = dice.choice([mode for mode in family.modes if not mode.like])
    words = [family.name, *(["--mode", cls.mode] if cls.mode else [])]
    for parameter in cls.parameters():
        if parameter.required or parameter.name == "seed" or dice.random() < 0.35:
            words += _given(parameter, cls, dice)
    return words + _input(dice)


def _given(parameter: Parameter, cls: type[Op], dice: random.Random) -> list[str]:
    option = parameter.option
    if parameter.name in LEFT_OUT:
        return []
    if isinstance(parameter.kind, Flag):
        return [option if dice.random() < 0.5 else f"--no-{option[2:]}"]
    if isinstance(parameter.kind, Choice):
        return [option, dice.choice(parameter.kind.names)]
    if parameter.name not in VALUES:
        return []
    return [f"{option}={dice.choice(VALUES[parameter.name])}"]


def _input(dice: random.Random) -> list[str]:
    if dice.random() < 0.3:
        return ["--input", dice.choice(INPUT_FILES)]
    given = dice.choice(INPUTS)
    words = ["--input", given] if given else []
    return words + (["--dims", "1"] if dice.random() < 0.15 else [])
