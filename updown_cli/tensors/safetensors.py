"""Files of tensors as safetensors writes them: a header of JSON, and numbers one after another.

They are read, not mapped: a mapped file that is cut meanwhile would end the process.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.stores.names import open_regular, size_of
from updown_cli.tensors.named_arrays import ArrayFile, allow_stored
from updown_cli.tensors.npy import BLOCK
from updown_cli.tensors.safetensors_header import read_tensors
from updown_cli.tensors.tensor_files import numbers_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: torch's types by their names here, and the bytes of a number.
TYPES = {
    "BOOL": ("bool", 1), "U8": ("uint8", 1), "I8": ("int8", 1), "U16": ("uint16", 2),
    "I16": ("int16", 2), "U32": ("uint32", 4), "I32": ("int32", 4), "U64": ("uint64", 8),
    "I64": ("int64", 8), "F16": ("float16", 2), "BF16": ("bfloat16", 2), "F32": ("float32", 4),
    "F64": ("float64", 8), "F8_E4M3": ("float8_e4m3fn", 1), "F8_E5M2": ("float8_e5m2", 1),
    "C64": ("complex64", 8),
}  # fmt: skip


@dataclass(frozen=True)
class Tensor:
    """Where the numbers of a tensor stand behind the header, their type, and its shape."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


class SafetensorsFile(ArrayFile):
    """A `.safetensors` file, whose header must tell of every byte behind it, each once."""

    def _names(self) -> tuple[str, ...]:
        with open_regular(self.path) as file:
            self._tensors, self._start = _checked_tensors(file)
        return tuple(self._tensors)

    def shapes(self, names: Iterable[str]) -> dict[str, tuple[int, ...]]:
        """Return the shapes from the header."""
        return {name: self._tensors[name].shape for name in names}

    def _read(self, name: str) -> NDArray[Any]:
        import torch

        tensor = self._tensors[name]
        with open_regular(self.path) as file:
            allow_stored(tensor.end - tensor.start, file)
            data = bytearray(tensor.end - tensor.start)
            file.seek(self._start + tensor.start)
            _fill(file, data)
        numbers = torch.frombuffer(data, dtype=getattr(torch, TYPES[tensor.dtype][0]))
        return numbers_of(numbers.reshape(tensor.shape))


def _fill(file: BinaryIO, data: bytearray) -> None:
    room, filled = memoryview(data), 0
    while filled < len(data):
        read = file.readinto(room[filled : filled + BLOCK])  # type: ignore[attr-defined]
        if not read:
            raise _damaged()
        filled += read


def _checked_tensors(file: BinaryIO) -> tuple[dict[str, Tensor], int]:
    """Return the tensors by their names, in the order of the file, and where the first begins."""
    told, start = read_tensors(file)
    try:
        tensors = {name: _tensor(about) for name, about in told.items()}
    except (KeyError, ValueError):
        raise _damaged() from None
    in_order = dict(sorted(tensors.items(), key=lambda item: (item[1].start, item[1].end)))
    end = 0
    for tensor in in_order.values():
        if tensor.start != end:
            raise _damaged()
        end = tensor.end
    if start + end != size_of(file):
        raise _damaged()
    return in_order, start


def _tensor(told: dict[str, Any]) -> Tensor:
    """Return what the header tells of a tensor; raise ValueError for what cannot be."""
    start, end = told["data_offsets"]
    sides = tuple(told["shape"])
    if end - start != math.prod(sides) * TYPES[told["dtype"]][1]:
        raise ValueError(sides)
    return Tensor(told["dtype"], sides, start, end)


def _damaged() -> InputError:
    return InputError("damaged .safetensors file", code="corrupt")
