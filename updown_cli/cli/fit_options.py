"""The options of `updown fit`: which pictures belong together, and how weights are learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.batch.choices import IF_ONLY_EXISTS
from updown_cli.cli import common_options
from updown_cli.cli.array_options import SingleFileOptions
from updown_cli.cli.input_options import Folders
from updown_cli.cli.option import PATH, argument, flag, group, option, option_class, shared_flag
from updown_cli.cli.step_offers import offered_steps
from updown_cli.fit.choices import DROP_OR_KEEP, METHODS
from updown_cli.op.param_types import Choice, Float, Int

if TYPE_CHECKING:
    from updown_cli.fit.adam import Stepping


def _count(name: str, default: int, least: int, most: int, text: str) -> Any:
    return option(name, kind=Int(min=least, max=most), default=default, help=text)


@option_class
class PairOptions:
    """Which pictures belong together."""

    pairs: tuple[tuple[str, str], ...] = option(
        "--pairs",
        kind=PATH,
        multiple=True,
        count=2,
        metavar="SMALL LARGE",
        help="What the chain is given and what it should make of that: two files, or two folders "
        "whose files of one name belong together; repeatable.",
    )
    pictures: tuple[str, ...] = option(
        "--pictures",
        kind=PATH,
        multiple=True,
        metavar="LARGE",
        help="What the chain should make, a file or folder, of what --degrade makes of it; "
        "repeatable.",
    )
    degrade: str | None = option(
        "--degrade",
        metavar="STEPS",
        complete=offered_steps,
        help="The chain that makes the small pictures, such as 'upsample --mode bicubic "
        "--antialias --scale-factor 0.5'; they are rounded as files are.",
    )
    held_out: int | None = option(
        "--held-out",
        kind=Int(min=0, max=1 << 20),
        help="Pairs that are not learned from, only scored.  [default: one of ten, from three "
        "pairs on]",
    )
    folders: Folders = group(Folders)


@option_class
class LearningOptions:
    """How weights are learned."""

    method: str = option(
        "--method",
        kind=Choice(METHODS),
        default=METHODS[0],
        help="exact is least squares, where results are linear in the unknown numbers; adam goes "
        "down by steps; auto is exact where that can be.",
    )
    ridge: float = option(
        "--ridge",
        kind=Float(min=0, max=1e6),
        default=0.0,
        help="Of exact: keep weights small, as a part of the mean square of what each multiplies.",
    )
    saturated: str = option(
        "--saturated",
        kind=Choice(DROP_OR_KEEP),
        default=DROP_OR_KEEP[0],
        help="Of exact: drop values of LARGE at the ends of the range of 8 or 16 bits, which may "
        "have been cut off, or keep them.",
    )
    edges: str = option(
        "--edges",
        kind=Choice(DROP_OR_KEEP),
        default=DROP_OR_KEEP[0],
        help="Of exact: drop results whose windows reach over an edge, where a resize does "
        "otherwise than a layer, or keep them. Scores leave them out as well.",
    )
    seed: int = option(
        "--seed", kind=Int(min=0, max=(1 << 31) - 1), default=0, help="Seed of all that is drawn."
    )
    step_count: int = _count("--steps", 2000, 1, 10_000_000, "Of adam: steps at most.")
    batch: int = _count("--batch", 16, 1, 4096, "Of adam: crops in each step.")
    crop: int = _count("--crop", 48, 1, 4096, "Of adam: pixels on a side of crops of SMALL.")
    rate: float = option(
        "--rate",
        kind=Float(above=0, max=10),
        default=2e-3,
        help="Of adam: how far a step goes at first, as a part of the size of the numbers; it "
        "falls to 0 as a cosine does.",
    )
    patience: int = _count(
        "--patience", 6, 1, 1000, "Of adam: looks without a better score that end it, of 20."
    )
    start: str | None = option(
        "--start",
        kind=PATH,
        metavar="W",
        help="Of adam: go on from a file of weights, such as one that was stopped.",
    )
    device: str = common_options.device("Of adam: where torch computes.")

    def stepping(self) -> Stepping:
        """Return how adam goes."""
        from updown_cli.fit.adam import Stepping

        return Stepping(
            steps=self.step_count,
            batch=self.batch,
            crop=self.crop,
            rate=self.rate,
            patience=self.patience,
        )


@option_class
class FitOptions:
    """The steps, the pairs, how they are learned from, and what is told."""

    output: str | None = option(
        "--output",
        "-o",
        kind=PATH,
        metavar="W",
        help="The file of weights, .safetensors or .npz; it also tells what made it.",
    )
    plot: str | None = option(
        "--plot",
        kind=PATH,
        metavar="K.png",
        help="Draw the kernels of the first array that has taps.",
    )
    show: str | None = option(
        "--show", kind=PATH, metavar="W", help="Print what made a file of weights, as JSON."
    )
    json: bool = flag("--json", help="Print one JSON object.")
    if_exists: str = common_options.if_exists(
        "What happens to a file that is to be made.", IF_ONLY_EXISTS
    )
    pairs: PairOptions = group(PairOptions, "Pairs")
    learning: LearningOptions = group(LearningOptions, "Learning")
    files: SingleFileOptions = group(SingleFileOptions, "Files")
    progress: bool = shared_flag(
        "--progress/--no-progress",
        default=True,
        help="Tell of the progress, with the score, on standard error.",
    )
    quiet: bool = common_options.quiet()
    steps: str | None = argument("STEPS", None, required=False, complete=offered_steps)
