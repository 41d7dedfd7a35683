"""ONNX's Resize: `--like onnx`."""

from updown_cli.ops.upsample.like.onnx.modes import MODES

__all__ = ["MODES"]
