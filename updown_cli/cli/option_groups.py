"""The options of every run, by what they are about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from updown_cli.cli import option_values, shared
from updown_cli.cli.option import PATH, group, option_class, shared_flag, shared_option
from updown_cli.engine.choices import ROUNDINGS
from updown_cli.errors import UsageError
from updown_cli.files.frames import Frames, check_frames
from updown_cli.files.keep import KINDS, check_keep
from updown_cli.files.reading import DEPTHS, Reading
from updown_cli.op.param_types import Choice, Float, Int

if TYPE_CHECKING:
    from updown_cli.batch.inputs import Selection

# Seconds in a year: what is longer is a mistake, and more than timers hold.
LONGEST = 31_536_000


@option_class
class Folders:
    """Which files of folders are inputs."""

    recurse: bool = shared_flag("--recurse", "-r", help="Go into the folders of a folder.")
    include: tuple[str, ...] = shared_option(
        "--include",
        multiple=True,
        metavar="GLOB",
        help="Of folders and globs take only names or relative paths that match; repeatable.",
    )
    exclude: tuple[str, ...] = shared_option(
        "--exclude",
        multiple=True,
        metavar="GLOB",
        help="Of folders and globs leave out names or relative paths that match; repeatable.",
    )

    def selection(self, paths: tuple[str, ...] = ()) -> Selection:
        """Return which files are inputs."""
        from updown_cli.batch.inputs import Selection

        return Selection(
            paths=paths, recurse=self.recurse, include=self.include, exclude=self.exclude
        )


@option_class
class FoldersAndLists(Folders):
    """Which files are inputs, of folders and of lists of names."""

    files_from: str | None = shared_option(
        "--files-from",
        kind=PATH,
        metavar="FILE|-",
        help="Read names of inputs from a file, one a line.",
    )
    null: bool = shared_flag("--null", "-0", help="The names in --files-from end in NUL bytes.")
    root: str | None = shared_option(
        "--root",
        kind=PATH,
        metavar="DIR",
        help="Keep in a folder of results the paths of --files-from as they are below DIR.",
    )
    allow_empty: bool = shared_flag(
        "--allow-empty", help="Nothing found is success, not a mistake: for scripts."
    )

    def selection(self, paths: tuple[str, ...] = ()) -> Selection:
        """Return which files are inputs; raise UsageError for what goes with a list."""
        for name, given in {"--null": self.null, "--root": self.root}.items():
            if given and self.files_from is None:
                raise UsageError(f"{name} goes with --files-from")
        return replace(
            super().selection(paths),
            files_from=self.files_from,
            null_separated=self.null,
            tree=self.root,
            allow_empty=self.allow_empty,
        )


@option_class
class InputOptions(FoldersAndLists):
    """What is read."""

    shard: tuple[int, int] = shared_option(
        "--shard",
        kind=option_values.shard,
        metavar="I/N",
        default="1/1",
        help="Do the I-th of N parts of the inputs, chosen by a hash of the relative path.",
    )
    accept_damaged: bool = shared.accept_damaged()


@option_class
class OutputOptions:
    """Where results go."""

    output: str | None = shared_option(
        "--output",
        "-o",
        kind=PATH,
        metavar="PATH",
        help="A file, a folder (which keeps the tree of an input folder), a template like "
        "{dir}/{stem}-{op}{ext} (also {rel}, {index}, {width}, {height}, {frame}), or - for "
        "standard output.  [default: {stem}_{op}{ext} beside the input]",
    )
    format: str | None = shared_option(
        "--format",
        kind=option_values.file_format,
        metavar="EXT",
        help="Ending of results whose names come from their inputs: png, jpg, tif, npy, ...",
    )
    co: tuple[tuple[str, str], ...] = shared_option(
        "--co",
        kind=option_values.encoder_option,
        offers=option_values.encoder_options,
        multiple=True,
        metavar="NAME=VALUE",
        help="Option of the encoder, such as quality=90; repeatable.",
    )
    if_exists: str = shared.if_exists(
        "What happens to a result whose file exists. skip does again what is empty or cut off, "
        "update also what was made before its input changed or came there."
    )
    keep: frozenset[str] = shared_option(
        "--keep",
        kind=check_keep,
        offers=("all", "none", *KINDS),
        metavar="all|none|KIND,...",
        default="all",
        help="What is kept beside the pixels, as far as the format can: icc, exif, xmp, dpi, "
        "comment, text.",
    )
    dry_run: bool = shared_flag("--dry-run", help="Read headers only and tell what would be done.")
    verify: bool = shared_flag(
        "--verify", help="With --dry-run decode whole files, so that damaged ones fail."
    )


@option_class
class AxisOptions:
    """What the axes of arrays are."""

    layout: str | None = shared_option(
        "--layout",
        metavar="AXES",
        help="Axes of arrays, such as NHWC.  [default: by rank: HW, CHW, NCHW, NCDHW]",
    )
    dims: int | None = shared_option(
        "--dims",
        kind=Int(min=1, max=3),
        metavar="1|2|3",
        help="Sides of arrays: signals, images or volumes.  [default: by rank]",
    )


@option_class
class ArrayOptions(AxisOptions):
    """What the axes of arrays are, and which frames are taken."""

    frames: Frames = shared_option(
        "--frames",
        kind=check_frames,
        metavar="all|volume|N|A-B",
        default="all",
        help="Frames of animations and pages, from 0: one after the other, or as a volume's depth.",
    )


@option_class
class SingleFileOptions(AxisOptions):
    """How one file is read by a command that has no pipeline."""

    max_pixels: int = shared.max_pixels()
    accept_damaged: bool = shared.accept_damaged()
    debug: bool = shared.debug()

    def reading(self) -> Reading:
        """Return how the file is read."""
        return Reading(
            layout=self.layout,
            dims=self.dims,
            max_pixels=self.max_pixels,
            accept_damaged=self.accept_damaged,
        )


@option_class
class PixelOptions:
    """What values are, before, in and after the operations."""

    alpha: str = shared.weighed_alpha()
    depth: str | None = shared_option(
        "--depth",
        kind=Choice(tuple(DEPTHS)),
        metavar="8|16|float",
        help="Bits of a result's channels; 8 also accepts colour of more bits cut to 8 where "
        "the extra deep is missing.  [default: as in the input]",
    )
    round: str = shared_option(
        "--round",
        kind=Choice(ROUNDINGS),
        default=ROUNDINGS[0],
        help="How results become whole numbers.",
    )
    range: str | None = shared.value_range(
        "Values outside the range of whole numbers: cut off, all spread from smallest to "
        "largest, without sign, with 0 in the middle, or so and the largest at an end.  "
        "[default: clamp; symmetric for deconvnet]"
    )
    linear_light: bool = shared.linear_light()
    dtype: str = shared.dtype()


@option_class
class RunningOptions:
    """What a run may use."""

    jobs: int = shared_option(
        "--jobs",
        "-j",
        kind=option_values.jobs,
        metavar="N|auto",
        default="auto",
        help="Images at a time; auto is the number of cores.",
    )
    max_pixels: int = shared.max_pixels()
    max_memory: int | None = shared.max_memory()
    timeout: float | None = shared_option(
        "--timeout",
        kind=Float(above=0, max=LONGEST),
        metavar="SECONDS",
        help="Give an image up that takes longer.",
    )
    device: str = shared.device()
    fail_fast: bool = shared_flag("--fail-fast", help="Stop at the first input that fails.")


@option_class
class ReportOptions:
    """What a run tells."""

    json: bool = shared_flag("--json", help="Print one JSON object per image.")
    report: str | None = shared_option(
        "--report",
        kind=PATH,
        metavar="FILE",
        help="Write the same to a file that ends in .jsonl, .json or .csv. A report that exists is "
        "added to, with the number of the run; --if-exists overwrite replaces it.",
    )
    progress: bool = shared_flag(
        "--progress/--no-progress",
        default=True,
        help="Tell of the progress of several images on standard error.",
    )
    quiet: bool = shared.quiet()
    verbose: bool = shared_flag("--verbose", "-v", help="Print notes as well.")
    debug: bool = shared.debug()


@option_class
class RunOptions:
    """Everything that can be set of a run but its operations and inputs."""

    input: InputOptions = group(InputOptions, "Input")
    output: OutputOptions = group(OutputOptions, "Output")
    arrays: ArrayOptions = group(ArrayOptions, "Arrays and frames")
    pixels: PixelOptions = group(PixelOptions, "Pixels")
    running: RunningOptions = group(RunningOptions, "Running")
    report: ReportOptions = group(ReportOptions, "Report")
