"""What a unit of a network saw: its activation sent back to the input (Zeiler and Fergus 2014)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.base import Op
from updown_cli.op.explainable import FROM
from updown_cli.op.file_role import FileRole
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.param_types import Choice, Name, Text
from updown_cli.op.parameter import param
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.op.size_text import SizeText, text_of_given_size
from updown_cli.ops.deconvnet.chain import Chain
from updown_cli.ops.deconvnet.description import read_network
from updown_cli.ops.deconvnet.findings import Findings, Unit
from updown_cli.ops.deconvnet.layer_code import FILE
from updown_cli.ops.deconvnet.layers import RULES, Passed, Way
from updown_cli.ops.deconvnet.units import TOP, Units, place_of, unit_lines
from updown_cli.tensors.array_code import all_arrays
from updown_cli.tensors.weights import open_weights

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines

SHEET_CHANNELS = (1, 3)


@dataclass(frozen=True, kw_only=True)
class Deconvnet(Op):
    """What made a unit of a network as strong as it is, as a picture.

    Forward through convolutions, ReLUs and max pools to the layer; from there the unit alone goes
    back, by unpooling with the switches, the rule for ReLU, and the same weights transposed. The
    result has the size of the network's input and the scale of its normalised values; of several
    units it is the sum of their projections. In pictures 0 is the middle grey and the largest
    value of either sign black or white, unless --range says otherwise; .npy has the values.
    """

    command = "deconvnet"
    told_as = FROM
    why_whole = "the strongest unit may be anywhere"
    around = NOTHING_AROUND
    gives_code_values = False

    net: str | None = param(
        None,
        "Description of the network; docs/networks.md says how.",
        Text("NET.json"),
        required=True,
        file=FileRole(what="network"),
    )
    weights: str | None = param(
        None,
        "Weights by the keys of the description.",
        Text("FILE"),
        required=True,
        file=FileRole(what="file of weights"),
    )
    layer: str | None = param(None, "Layer of the unit.", Name("NAME"), required=True)
    unit: str = param(
        f"{TOP}1",
        "Which unit: map, row and column; or a map, of which it is the strongest place; or the N "
        "strongest, one of each map.",
        Units(),
    )
    rule: str = param(
        "deconvnet",
        "What a ReLU lets back: what is positive in the signal, what was positive forward, or what "
        "is both.",
        Choice(RULES),
    )
    start: str = param(
        "activation", "What is sent back: the unit's value, or 1.", Choice(("activation", "one"))
    )
    duplicates: str = param(
        "sum",
        "Values that overlapping pools put in one place: sum is what the gradient does; to the "
        "others the zeros of other windows are values too.",
        Choice(("error", "last", "sum", "max", "mean")),
    )
    sheet: str | None = param(
        None,
        "Draw the units, each with what it sees and its projection. They are those of the first "
        "frame, beside the sizes of all layers; a folder or a template for several inputs.",
        Text("FILE.png"),
        file=FileRole(what="sheet", use="write", each_input=True, ending=".png"),
    )

    def check(self) -> None:
        """Refuse a network that cannot be read, and a layer, map or sheet that it cannot give."""
        chain = self.chain()
        count = chain.channels
        if self.unit.startswith(TOP):
            if int(self.unit.removeprefix(TOP)) > count:
                self._refuse_unit(f"layer {self.layer} has {count} maps")
        elif place_of(self.unit)[0] >= count:
            self._refuse_unit(f"layer {self.layer} has maps 0 to {count - 1}")
        if self.sheet is not None:
            self._check_sheet(chain.input.channels)

    def _refuse_unit(self, reason: str) -> None:
        raise ParameterError(reason, subject=f"--unit {self.unit}")

    def _check_sheet(self, channels: int) -> None:
        subject = f"--sheet {self.sheet}"
        if not str(self.sheet).lower().endswith((".png", "/")) and "{ext}" not in str(self.sheet):
            raise ParameterError("must end in .png", subject=subject)
        if channels not in SHEET_CHANNELS:
            raise ParameterError(f"{channels} channels are no picture", subject=subject)

    def chain(self) -> Chain:
        """Return the layers up to the chosen one."""
        network = read_network(str(self.net))
        layers = network.until(str(self.layer))
        return Chain(network.input, layers, open_weights("--weights", str(self.weights)))

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size of the network's input; raise ShapeError if the unit is not there."""
        first, *_, last = self.chain().sizes(shape)
        if "," in self.unit:
            _, *place = place_of(self.unit)
            if any(at >= side for at, side in zip(place, last.size, strict=True)):
                height, width = (side - 1 for side in last.size)
                raise ShapeError(
                    f"layer {self.layer} has rows 0 to {height} and columns 0 to {width}",
                    subject=f"--unit {self.unit}",
                )
        return first.size

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Tell whether it is the input's."""
        return text_of_given_size(shape.size, self.out_size(shape))

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return every pixel: the strongest unit may be anywhere."""
        return [whole_span(side) for side in shape.size]

    def only_pixels(self) -> bool:
        """It tells what it found as well."""
        return False

    def inner_values(self, shape: Shape) -> int:
        """Return the values of the largest layer and its input, and what all remember."""
        sizes = [math.prod(size) for size in self.chain().sizes(shape)]
        shown = int(self.unit.removeprefix(TOP)) if self.unit.startswith(TOP) else 1
        return 2 * max(sizes) + 2 * sum(sizes) + (2 * shown * sizes[0] if self.sheet else 0)

    def notes(self, shape: Shape) -> list[str]:
        """Tell of pools whose windows overlap."""
        names = ", ".join(self.chain().overlapping)
        if not names or self.duplicates != "sum":
            return []
        return [f"windows of {names} overlap: values in one place are added (--duplicates)"]

    def apply(self, x: Tensor) -> Tensor:
        """Return the projections of N x C x H x W."""
        return self.run(Signal(x)).pixels

    def run(self, signal: Signal) -> Signal:
        """Return the projection of every image, and what was found in it."""
        import torch

        projected, findings = [], []
        for number, image in enumerate(signal.pixels):
            shown = self.sheet is not None and number == 0
            projection, found = self._project(image[None], signal.white, shown=shown)
            projected.append(projection)
            findings.append(found)
        return signal.with_result(torch.cat(projected), *findings)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the layers, the layers backwards, and the units."""
        chain = self.chain()
        shapes = chain.sizes(shape)
        layers = chain.in_code(shapes, frames)
        way = Way(self.rule, self.duplicates)
        back = [line for layer in reversed(layers) for line in layer.backward(way)]
        return [
            f"{FILE} = {all_arrays(chain.weights.file.path)}",
            *chain.input.lines(shape),
            *(line for layer in layers for line in layer.forward()),
            "",
            "",
            "def back(signal):",
            *(f"    {line}" for line in back),
            "    return signal",
            "",
            "",
            *unit_lines(self.unit, self.start, layers[-1].name, shapes[-1]),
        ]

    def _project(self, image: Tensor, white: float, *, shown: bool) -> tuple[Tensor, Findings]:
        chain = self.chain()
        shapes = chain.sizes(Shape(*image.shape[1:]))
        pixels = chain.input.pixels(image, white)
        values, passed = chain.forward(chain.input.normalised(pixels))
        total, units = pixels.new_zeros(pixels.shape), []
        for place in self._places(values[0]):
            projection = self._back(chain, values, place, passed)
            total += projection
            field = chain.field(place[1:], shapes)
            unit = Unit(place, float(values[0][place]), field)
            units.append(_with_pictures(unit, pixels, projection) if shown else unit)
        named = zip(chain.layers, shapes[1:], strict=True)
        sizes = (("input", "", shapes[0]), *((layer.name, layer.type, s) for layer, s in named))
        asked_by = "sheet" if shown else ""
        found = Findings(str(self.layer), self.rule, tuple(units), sizes, asked_by=asked_by)
        return total, found

    def _back(
        self, chain: Chain, values: Tensor, place: tuple[int, int, int], passed: list[Passed]
    ) -> Tensor:
        """Return the projection of one unit."""
        signal = values.new_zeros(values.shape)
        signal[0][place] = values[0][place] if self.start == "activation" else 1.0
        return chain.backward(signal, passed, Way(self.rule, self.duplicates))

    def _places(self, values: Tensor) -> list[tuple[int, int, int]]:
        """Return map, row and column of the units in C x H x W, strongest first."""
        given = () if self.unit.startswith(TOP) else place_of(self.unit)
        if len(given) == 3:
            return [(given[0], given[1], given[2])]
        strongest, at = values.flatten(1).max(1)
        if given:
            order = list(given)
        else:
            count = int(self.unit.removeprefix(TOP))
            order = strongest.sort(descending=True, stable=True).indices[:count].tolist()
        return [(c, *divmod(int(at[c]), values.shape[2])) for c in order]


def _with_pictures(unit: Unit, pixels: Tensor, projection: Tensor) -> Unit:
    """Return the unit with what it sees of the input, and of its projection."""
    patch, back = (x[0][(slice(None), *unit.field)].cpu().numpy() for x in (pixels, projection))
    return replace(unit, patch=patch.copy(), projection=back.copy())
