"""`updown preprocess`: the tensor that a model's own configuration makes of a picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from updown_cli.cli.command import command
from updown_cli.cli.option import PATH, argument, flag, group, option, option_class
from updown_cli.cli.run_options import RunOptions
from updown_cli.errors import UsageError
from updown_cli.files.keep import KINDS
from updown_cli.files.reading import COLOURS
from updown_cli.op.param_types import Choice

if TYPE_CHECKING:
    from updown_cli.cli.run import Run
    from updown_cli.processors.preparation import Preparation

WHITE = (255, 255, 255)
OF_8_BITS = "the chain is of 8-bit pictures: of deeper ones it takes all bits, not the high bytes"
LAYOUT, FORMAT = "NCHW", "npy"


@option_class
class PreprocessOptions:
    """The configuration, what is told of it, and how it is run."""

    config: str = option(
        "--config",
        kind=PATH,
        required=True,
        metavar="FILE.json",
        help="A model's configuration: preprocessor_config.json of transformers, config.json of "
        "timm, or a preset of torchvision.",
    )
    backend: str | None = option(
        "--backend",
        kind=Choice(("pillow", "torchvision")),
        help="How a processor of transformers computes: with Pillow as its slow ones and "
        "version 4 do, or with torchvision as its fast ones and version 5 do.  [default: as the "
        "name says, else torchvision]",
    )
    show: bool = flag("--show", help="Print what the configuration means as a chain.")
    against: str | None = option(
        "--against",
        kind=PATH,
        metavar="FILE.json",
        help="Tell in which steps another configuration differs and, of inputs, after which step "
        "and how far tensors do; nothing is written. --json prints one object. The exit code is 1 "
        "if they differ, 2 if an input cannot be read.",
    )
    other_backend: str | None = option(
        "--other-backend",
        kind=Choice(("pillow", "torchvision")),
        help="The same as --backend for the other configuration.",
    )
    save_recipe: str | None = option(
        "--save-recipe",
        kind=PATH,
        metavar="FILE.json",
        help="Write the steps to a file, with every parameter; without inputs only that. The "
        "colours in which pictures are read are options of the chain, which --show tells.",
    )
    run: RunOptions = group(RunOptions)
    inputs: tuple[str, ...] = argument("INPUT...", many=True, required=False)


@command("preprocess", PreprocessOptions)
def preprocess(options: PreprocessOptions) -> int:
    """Make the tensor that a model's own configuration makes of a picture.

    Pictures are turned as EXIF says and read as RGB, those of 16 bits with --depth 8; the steps are
    those of the configuration, in the arithmetic of the library that it means. Results are .npy of
    float32, NCHW, of many one .npz; where -o names a picture, it shows what the model sees, before
    values are normalized. What is not known of a configuration is refused by name.

    \b
        updown preprocess --config preprocessor_config.json photo.jpg -o photo.npy
        updown preprocess --config preprocessor_config.json photo.jpg -o seen.png
        updown preprocess --config preprocessor_config.json photos/ -r -o tensors.npz
        updown preprocess --config preprocessor_config.json --show
        updown preprocess --config preprocessor_config.json --against other.json photo.jpg
    """
    from updown_cli.processors.configuration import read_configuration

    preparation = read_configuration(options.config, options.backend)
    if options.show:
        if options.run.report.json and (options.against or _has_inputs(options)):
            raise UsageError("goes without --json", subject="--show")
        _show(preparation, is_cut=options.run.pixels.depth == "8")
    if options.against is not None:
        return _compare(options, preparation, options.against)
    if options.other_backend is not None:
        raise UsageError("goes with --against", subject="--other-backend")
    if not _has_inputs(options) and (options.show or options.save_recipe):
        return _save(options, preparation)
    if _is_picture(options.run):
        preparation = preparation.seen()
    run = _run(options, preparation).with_recipes(None, (), options.save_recipe)
    return run.process(preparation.pipeline())


def _compare(options: PreprocessOptions, preparation: Preparation, against: str) -> int:
    from updown_cli.cli.preprocess_against import compare_preparations
    from updown_cli.processors.configuration import read_configuration

    _check_against(options)
    other = read_configuration(against, options.other_backend or options.backend)
    one_side, other_side = ((each, _run(options, each)) for each in (preparation, other))
    sources = one_side[1].selection.sources() if _has_inputs(options) else []
    if any(source.is_stdin for source in sources):
        raise UsageError("can be read only once", subject="-", hint="name a file")
    told = options.run.report
    return compare_preparations(
        (one_side, other_side), sources, as_json=told.json, quiet=told.quiet
    )


def _check_against(options: PreprocessOptions) -> None:
    """Raise UsageError for a file that is to be written, which --against does not do."""
    written = {"--output": options.run.output.output, "--save-recipe": options.save_recipe}
    for name, path in written.items():
        if path is not None:
            raise UsageError("goes without --against, which writes nothing", subject=name)


def _has_inputs(options: PreprocessOptions) -> bool:
    return bool(options.inputs) or options.run.input.files_from is not None


def _show(preparation: Preparation, *, is_cut: bool) -> None:
    from updown_cli.cli.printing import write_stdout
    from updown_cli.cli.typed_steps import typed_steps

    colours = "--background white" if preparation.on_white else "--alpha drop"
    lines = [preparation.name, *preparation.notes, *([OF_8_BITS] if is_cut else [])]
    steps = typed_steps(preparation.ops)
    write_stdout("\n".join([*lines, f"updown chain --colour rgb {colours} '{steps}'", ""]))


def _save(options: PreprocessOptions, preparation: Preparation) -> int:
    from updown_cli.batch.named_files import check_apart, named_files
    from updown_cli.batch.recipes import write_recipe

    if options.save_recipe is not None:
        named = [named_files((name, path)) for name, path in (("--config", options.config),)]
        check_apart(named_files(("--save-recipe", options.save_recipe)), [*named[0]])
        if_exists = options.run.output.if_exists
        write_recipe(options.save_recipe, preparation.pipeline(), if_exists)
    return 0


def _is_picture(options: RunOptions) -> bool:
    """Whether results are pictures."""
    from updown_cli.files.formats import ARRAY_ENDINGS, WRITABLE, ending
    from updown_cli.files.npz import split_member

    named = ending(split_member(options.output.output or "")[0])
    wanted = named if named in WRITABLE else f".{options.output.format or FORMAT}"
    return wanted not in ARRAY_ENDINGS


def _run(options: PreprocessOptions, preparation: Preparation) -> Run:
    """Return the run that reads pictures as the configuration has them."""
    from updown_cli.batch.named_files import named_files
    from updown_cli.cli.run import run_from_options

    arrays = options.run.arrays
    if arrays.colour != COLOURS[0] or arrays.background is not None:
        raise UsageError("is what the configuration says", subject="--colour, --background")
    if options.run.pixels.depth not in (None, "8"):
        raise UsageError(
            "is not what models are shown", subject=f"--depth {options.run.pixels.depth}"
        )
    run = run_from_options(options.run, options.inputs)
    reading = replace(
        run.settings.reading,
        colour="rgb",
        background=WHITE if preparation.on_white else None,
        deeper="cut" if options.run.pixels.depth == "8" else "refuse",
        depth=None,
        alpha="drop" if not preparation.on_white else run.settings.reading.alpha,
        keep=run.settings.reading.keep & (frozenset(KINDS) - {"icc"}),
        layout=arrays.layout or LAYOUT,
    )
    settings = replace(
        run.settings,
        reading=reading,
        exact=True,
        format=options.run.output.format or FORMAT,
        reads=(*run.settings.reads, *named_files(("--config", options.config))),
    )
    return replace(run, settings=settings)
