"""What updown can do: every operation, in the order in which `--help` lists them."""

from __future__ import annotations

from typing import Any

from updown_cli.errors import ParameterError
from updown_cli.op.base import Op
from updown_cli.op.family import Family
from updown_cli.op.param_types import nearest_name
from updown_cli.ops.conv import CONV
from updown_cli.ops.deconv import DECONV
from updown_cli.ops.deconvnet import DECONVNET
from updown_cli.ops.pool import POOL
from updown_cli.ops.shuffle import SHUFFLE
from updown_cli.ops.unpool import UNPOOL
from updown_cli.ops.upblock import UPBLOCK
from updown_cli.ops.upsample import UPSAMPLE

FAMILIES = (POOL, UNPOOL, UPSAMPLE, CONV, DECONV, SHUFFLE, UPBLOCK, DECONVNET)

OPS: dict[str, Family] = {f.name: f for f in FAMILIES}


def op_from_json(data: dict[str, Any]) -> Op:
    """Return the operation that `Op.to_json` wrote; raise ParameterError for another."""
    name, mode = str(data.get("op")), data.get("mode")
    if name not in OPS:
        raise ParameterError(f"no operation '{name}'{nearest_name(name, tuple(OPS))}")
    family = OPS[name]
    if mode is not None and mode not in family.mode_names:
        hint = nearest_name(str(mode), family.mode_names)
        raise ParameterError(f"{name} has no mode '{mode}'{hint}")
    return family.of_mode(mode).from_json(data)
