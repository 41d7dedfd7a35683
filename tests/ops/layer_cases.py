"""Random settings of layers of TensorFlow and Keras, as the steps of updown that are the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Cases of each layer.
COUNT = 200


@dataclass(frozen=True)
class LayerCase:
    """A layer by its library's name and options, its input and weights, and updown's steps."""

    layer: str
    steps: str
    options: dict[str, Any]
    x: NDArray[Any]
    weights: dict[str, NDArray[Any]] = field(default_factory=dict)


class Settings:
    """Numbers at random, the same on every machine."""

    def __init__(self, name: str, number: int) -> None:
        self.random = np.random.default_rng([number, *name.encode()])

    def whole(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return int(self.random.integers(low, high + 1))

    def sides(self, dims: int, low: int, high: int) -> list[int]:
        """Return a number for each axis."""
        return [self.whole(low, high) for _ in range(dims)]

    def one_of(self, *values: Any) -> Any:
        """Return one of several."""
        return values[self.whole(0, len(values) - 1)]

    def array(self, *shape: int) -> NDArray[Any]:
        """Return numbers of both signs."""
        return self.random.normal(size=shape).astype(np.float32)


def by_x(numbers: list[int]) -> str:
    """Return numbers as updown takes them."""
    return "x".join(map(str, numbers))


def pool(library: str, mode: str, s: Settings) -> tuple[str, dict[str, Any], NDArray[Any]]:
    """Return a pool by windows: its steps, its options and its input."""
    dims = 2 if library == "tensorflow" else s.whole(1, 3)
    size, stride = s.sides(dims, 1, 4), s.sides(dims, 1, 3)
    padding = s.one_of("same", "valid")
    x = s.array(2, *s.sides(dims, 4, 9), 3)
    steps = f"pool --like {library} --mode {mode} -k {by_x(size)} -s {by_x(stride)} -p {padding}"
    return steps, {"size": size, "strides": stride, "padding": padding}, x


def pools(library: str, mode: str) -> Iterator[LayerCase]:
    """Yield the cases of a pool."""
    for number in range(COUNT):
        steps, options, x = pool(library, mode, Settings(f"{library} {mode}", number))
        yield LayerCase(f"{library} {mode} pool", steps, options, x)


def convolutions(library: str, mode: str) -> Iterator[LayerCase]:
    """Yield the cases of a convolution; its gaps or its strides are 1."""
    for number in range(COUNT):
        s = Settings(f"{library} {mode}", number)
        dims = s.whole(1, 3) if (library, mode) == ("keras", "plain") else 2
        square = mode != "plain"
        size, pace = s.sides(dims, 1, 4), s.sides(dims, 1, 3)
        pace = pace[:1] * dims if square else pace
        ones, gaps = [1] * dims, s.whole(0, 1)
        stride, dilation = (ones, pace) if gaps else (pace, ones)
        ins, outs = s.whole(1, 3), s.whole(1, 3)
        padding = s.one_of("same", "valid")
        weights = {"kernel": s.array(*size, ins, outs)}
        words = ["--kernel kernel.npy"]
        if mode == "separable":
            weights["pointwise"] = s.array(1, 1, ins * outs, s.whole(1, 3))
            words.append("--pointwise pointwise.npy")
        steps = (
            f"conv --like {library} --mode {mode} {' '.join(words)} -p {padding} "
            f"-s {by_x(stride)} --dilation {by_x(dilation)}"
        )
        options = {"strides": stride, "dilations": dilation, "padding": padding}
        x = s.array(2, *s.sides(dims, 10, 13), ins)
        yield LayerCase(f"{library} {mode} conv", steps, options, x, weights)


def transposed(library: str) -> Iterator[LayerCase]:
    """Yield the cases of a transposed convolution, with sizes that are asked for."""
    for number in range(COUNT):
        s = Settings(f"{library} deconv", number)
        dims = 2 if library == "tensorflow" else s.whole(1, 3)
        size, stride = s.sides(dims, 1, 5), s.sides(dims, 1, 3)
        sides, padding = s.sides(dims, 1, 5), s.one_of("same", "valid")
        ins, outs = s.whole(1, 3), s.whole(1, 3)
        options: dict[str, Any] = {"strides": stride, "padding": padding}
        steps = f"deconv --like {library} --kernel kernel.npy -p {padding} -s {by_x(stride)}"
        if library == "tensorflow":
            parts = zip(sides, size, stride, strict=True)
            asked = [_asked(s, padding, *part) for part in parts]
            options["output_shape"] = asked
            steps += f" --output-size {by_x(asked)}"
        elif min(stride) > 1 and s.whole(0, 1):
            options["output_padding"] = [s.whole(1, each - 1) for each in stride]
            steps += f" --output-padding {by_x(options['output_padding'])}"
        weights = {"kernel": s.array(*size, outs, ins)}
        yield LayerCase(f"{library} deconv", steps, options, s.array(2, *sides, ins), weights)


def _asked(s: Settings, padding: str, side: int, kernel: int, stride: int) -> int:
    """Return one of the sizes from which a convolution leads back to a side."""
    if padding == "same":
        return s.whole((side - 1) * stride + 1, side * stride)
    return s.whole((side - 1) * stride + kernel, side * stride + kernel - 1)


def shuffles() -> Iterator[LayerCase]:
    """Yield the cases of depth to space and back."""
    for number in range(COUNT):
        s = Settings("shuffle", number)
        factor, up = s.whole(2, 4), number % 2 == 0
        sides, channels = s.sides(2, 1, 4), s.whole(1, 3)
        if up:
            x = s.array(2, *sides, channels * factor**2)
        else:
            x = s.array(2, *(side * factor for side in sides), channels)
        word = "upscale" if up else "downscale"
        steps = f"shuffle --like tensorflow --{word}-factor {factor}"
        yield LayerCase(f"tensorflow {word} shuffle", steps, {"factor": factor}, x)


def fractional_settings(number: int) -> tuple[NDArray[Any], list[float], dict[str, bool]]:
    """Return an image, the ratios by which it is pooled, and the other options."""
    s = Settings("fractional", number)
    x = s.array(2, *s.sides(2, 5, 14), 3)
    ratios = [1.0, *(1 + s.random.uniform(0.1, 1.4, 2)), 1.0]
    return x, ratios, {"overlapping": bool(s.whole(0, 1)), "pseudo_random": bool(s.whole(0, 1))}


def fractional(mode: str, number: int, rows: list[int], columns: list[int]) -> LayerCase:
    """Return the case of a fractional pool with the sequences that TensorFlow has drawn."""
    x, _, options = fractional_settings(number)
    steps = (
        f"pool --like tensorflow --mode fractional-{mode} "
        f"--row-sequence {','.join(map(str, rows))} --col-sequence {','.join(map(str, columns))}"
    )
    steps += " --overlapping" if options["overlapping"] else ""
    return LayerCase(f"tensorflow fractional-{mode} pool", steps, {}, x)


def all_cases() -> Iterator[LayerCase]:
    """Yield every case."""
    for library in ("tensorflow", "keras"):
        for mode in ("max", "avg"):
            yield from pools(library, mode)
        for mode in ("plain", "depthwise", "separable"):
            yield from convolutions(library, mode)
        yield from transposed(library)
    yield from shuffles()
