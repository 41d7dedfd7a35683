"""The options of every run, by what they are about."""

from __future__ import annotations

from updown_cli.batch.shards.shard_size import ShardSize
from updown_cli.cli import common_options, option_values
from updown_cli.cli.array_options import ArrayOptions
from updown_cli.cli.input_options import InputOptions
from updown_cli.cli.option import PATH, group, option_class, shared_flag, shared_option
from updown_cli.engine.choices import ROUNDINGS
from updown_cli.files.keep import KINDS, check_keep
from updown_cli.files.reading import DEPTHS
from updown_cli.op.param_types import Choice, Float
from updown_cli.stores.flushing import SYNCS

# Seconds in a year: what is longer is a mistake, and more than timers hold.
LONGEST = 31_536_000


@option_class
class OutputOptions:
    """Where results go."""

    output: str | None = shared_option(
        "--output",
        "-o",
        kind=PATH,
        metavar="PATH",
        help="A file, a folder or a template; - is standard output. A folder keeps the tree of an "
        "input folder, a template is like {dir}/{stem}-{op}{ext} (also {rel}, {index}, {width}, "
        "{height}, {frame}). Of several inputs FILE.npz takes an array for each, named "
        "{rel}/{stem}, or as FILE.npz::TEMPLATE says.  "
        "[default: {stem}_{op}{ext} beside the input]",
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
    if_exists: str = common_options.if_exists(
        "What happens to a result whose file exists. skip does again what is empty, cut off or "
        "incomplete, update also what was made before its input changed or came there."
    )
    sync: str = shared_option(
        "--sync",
        kind=Choice(SYNCS),
        default=SYNCS[0],
        help="How results come to the disk before they have their names, so that a power cut "
        "leaves them whole or not at all: many at once, each for itself, or not, which promises "
        "nothing.",
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
    keep_failed: bool = shared_flag(
        "--keep-failed",
        help="Of tar shards keep members that fail as they were; else their samples are left out.",
    )
    shard_size: ShardSize | None = shared_option(
        "--shard-size",
        kind=option_values.shard_size,
        metavar="N|SIZE|N,SIZE",
        help="Of files make tar shards of N samples, or files of a size such as 500M; -o has their "
        "number, as in train-{000..}.tar.  [default: 100000,3G]",
    )
    unpack: bool = shared_flag(
        "--unpack", help="Make files of the members of tar shards, in a folder for each."
    )
    dry_run: bool = shared_flag("--dry-run", help="Tell what would be done; only headers are read.")
    verify: bool = shared_flag(
        "--verify", help="With --dry-run decode whole files, so that damaged ones fail."
    )


@option_class
class PixelOptions:
    """What values are, before, in and after the operations."""

    alpha: str = common_options.weighed_alpha()
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
    range: str | None = common_options.value_range(
        "Values outside the range of whole numbers: cut off, all spread from smallest to "
        "largest, without sign, with 0 in the middle, or so and the largest at an end.  "
        "[default: clamp; symmetric for deconvnet]"
    )
    linear_light: bool = common_options.linear_light()
    dtype: str = common_options.dtype()


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
    cluster: str | None = shared_option(
        "--cluster",
        kind=option_values.cluster,
        metavar="tcp://HOST:PORT|FILE.json",
        help="Let the workers of a running Dask cluster do the work; FILE.json is its scheduler's.",
    )
    max_pixels: int = common_options.max_pixels()
    max_memory: int | None = common_options.max_memory()
    timeout: float | None = shared_option(
        "--timeout",
        kind=Float(above=0, max=LONGEST),
        metavar="SECONDS",
        help="Give an image up that takes longer, whatever it is doing; the others are done.",
    )
    device: str = common_options.device()
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
        "added to, with the number of the run, any other file left alone; --if-exists overwrite "
        "replaces it.",
    )
    progress: bool = common_options.progress()
    quiet: bool = common_options.quiet()
    verbose: bool = shared_flag("--verbose", "-v", help="Print notes as well.")
    debug: bool = common_options.debug()


@option_class
class RunOptions:
    """Everything that can be set of a run but its operations and inputs."""

    input: InputOptions = group(InputOptions, "Input")
    output: OutputOptions = group(OutputOptions, "Output")
    arrays: ArrayOptions = group(ArrayOptions, "Arrays, frames and colours")
    pixels: PixelOptions = group(PixelOptions, "Pixels")
    running: RunningOptions = group(RunningOptions, "Running")
    report: ReportOptions = group(ReportOptions, "Report")
