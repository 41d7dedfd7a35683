"""A layer of a network in code: what it is called there, its way forward and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from keyword import iskeyword
from typing import TYPE_CHECKING

from updown_cli.op.code import IMPORTS, Lines
from updown_cli.tensors.array_code import OF_X

if TYPE_CHECKING:
    from updown_cli.op.shape import Shape
    from updown_cli.ops.deconvnet.layers import NetworkLayer, Way
    from updown_cli.tensors.weights import Weights

#: What the file of weights and the input of the first layer are called.
FILE, INPUT = "file", "normalised"

# Names that the code has besides the layers'.
OWN_NAMES = (
    *("x", "y", FILE, "pixels", INPUT, "back", "signal"),
    *("strongest", "at", "maps", "unit", "images", "place"),
    *("where", "values", "order", "last", "len"),
)


@dataclass(frozen=True)
class LayerInCode:
    """A layer whose values have a name, for so many images `given`, of a shape."""

    layer: NetworkLayer
    weights: Weights
    name: str
    given: str
    shape: Shape
    frames: int

    def forward(self) -> Lines:
        """Return the values of the layer, and what the way back needs."""
        return self.layer.forward_lines(self)

    def backward(self, way: Way) -> Lines:
        """Return `signal` in the layer's values as one in the layer's input."""
        return self.layer.backward_lines(self, way)

    def array(self, key: str) -> str:
        """Return an array of the file."""
        return OF_X.in_file(self.weights.file.path, key, file=FILE)


def names_in_code(names: Sequence[str]) -> list[str]:
    """Return the layers' names as variables, as they are or with their number."""
    words = ["".join(c if c.isalnum() else "_" for c in name) for name in names]
    taken = {*OWN_NAMES, *IMPORTS}
    return [
        word
        if word.isidentifier()
        and not iskeyword(word)
        and words.count(word) == 1
        and word not in taken
        else f"layer{number}_{word}"
        for number, word in enumerate(words, start=1)
    ]
