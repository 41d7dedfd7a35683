"""What torch cannot do as errors that the user can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from updown_cli.engine.choices import HALF_DTYPES
from updown_cli.errors import InputError, SurroundingsError

if TYPE_CHECKING:
    import torch


@contextmanager
def computing(device: torch.device, dtype: str) -> Iterator[None]:
    """Compute without gradients; raise what torch cannot do as an error that the user can act on.

    That is SurroundingsError when memory does not suffice, and InputError for a type in which a
    layer is not there.
    """
    import torch

    try:
        with torch.inference_mode():
            yield
    except out_of_memory():
        raise _no_memory(device) from None
    except RuntimeError as error:
        if "memory" in str(error):
            raise _no_memory(device) from None
        if "not implemented for" in str(error) and dtype in HALF_DTYPES:
            reason = f"torch has not all that is asked for in {dtype} on {device.type}"
            raise InputError(reason, hint="use --dtype float32", code="unsupported") from None
        raise


def out_of_memory() -> tuple[type[Exception], ...]:
    """Return the errors that say that memory does not suffice."""
    import torch

    return (torch.OutOfMemoryError, MemoryError)


def _no_memory(device: torch.device) -> SurroundingsError:
    hint = "try --device cpu" if device.type == "cuda" else "use a smaller image"
    return SurroundingsError(f"{device.type}: out of memory", hint=hint, code="out_of_memory")
