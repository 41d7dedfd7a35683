"""Arrays of numbers in code: torch's, of the type of a tensor, or NumPy's for TensorFlow."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from updown_cli.op.array_names import split_key
from updown_cli.op.code import Code, format_rows, literal, quote
from updown_cli.tensors.weights import open_weights


class Arrays(ABC):
    """How arrays are made from numbers, places and files."""

    module: str

    @abstractmethod
    def of(self, values: Any) -> str:
        """Return an array of nested rows of numbers."""

    @abstractmethod
    def places(self, count: int) -> str:
        """Return 0, 1, 2 and so on."""

    @abstractmethod
    def full(self, size: Sequence[int], value: str) -> str:
        """Return an array of one value."""

    @abstractmethod
    def of_file(self, path: str, array: str) -> str:
        """Return an array that a file's own library gives."""

    def outer(self, names: Sequence[str]) -> str:
        """Return the outer product of arrays with one axis."""
        if len(names) == 1:
            return names[0]
        if len(names) == 2:
            return f"{self.module}.outer({', '.join(names)})"
        return f'{self.module}.einsum("i,j,k->ijk", {", ".join(names)})'

    def loaded(self, text: str) -> str:
        """Return the array of `FILE` or `FILE::KEY`."""
        return self.in_file(*split_key(text))

    def in_file(self, path: str, key: str | None, file: str = "") -> str:
        """Return the array of a key, or the only one, of a file that may be open under a name."""
        arrays = open_weights("", path).file
        name = arrays.names[0] if key is None else key
        keys = "".join(f"[{literal(part)}]" for part in arrays.keys_of(name))
        return self.of_file(path, (file or opened(path)) + keys)


@dataclass(frozen=True)
class Tensors(Arrays):
    """Tensors of the type of another."""

    like: str = "x"
    module = "torch"

    def of(self, values: Any) -> str:
        """Return a new tensor."""
        return format_rows(values, f"{self.like}.new_tensor")

    def places(self, count: int) -> str:
        """Return torch.arange."""
        return f"torch.arange({count}).to({self.like})"

    def full(self, size: Sequence[int], value: str) -> str:
        """Return a new tensor."""
        return f"{self.like}.new_full({literal(tuple(size))}, {value})"

    def of_file(self, path: str, array: str) -> str:
        """Return the tensor, also of NumPy's files."""
        tensor = array if holds_tensors(path) else f"torch.from_numpy({array})"
        return f"{tensor}.to({self.like})"


class NumpyArrays(Arrays):
    """Arrays of NumPy's own types."""

    module = "np"

    def of(self, values: Any) -> str:
        """Return a new array."""
        return format_rows(values, "np.array")

    def places(self, count: int) -> str:
        """Return np.arange."""
        return f"np.arange({count})"

    def full(self, size: Sequence[int], value: str) -> str:
        """Return a new array."""
        return f"np.full({literal(tuple(size))}, {value})"

    def of_file(self, path: str, array: str) -> str:
        """Return the array, also of torch's files."""
        return f"{array}.float().numpy()" if holds_tensors(path) else array


OF_X = Tensors()
NUMPY = NumpyArrays()


def opened(path: str) -> str:
    """Return the call that loads a file of arrays."""
    if not holds_tensors(path):
        return f"np.load({quote(path)})"
    if path.lower().endswith(".safetensors"):
        return f"load_file({quote(path)})"
    return f"torch.load({quote(path)}, weights_only=True)"


def all_arrays(path: str) -> str:
    """Return the call that loads a file of several arrays whole."""
    return f"dict({opened(path)})" if path.lower().endswith(".npz") else opened(path)


def holds_tensors(path: str) -> bool:
    """Whether a file gives tensors."""
    return path.lower().endswith((".safetensors", ".pt", ".pth"))


def cast(code: str) -> Code:
    """Return a NumPy array as TensorFlow multiplies it with float32."""
    return Code(f'{code}.astype("float32")')
