"""`updown chain`: several operations in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.cli import option_values
from updown_cli.cli.command import command
from updown_cli.cli.option import PATH, group, option, option_class
from updown_cli.cli.pipeline_words import pipeline_of, recipe_option, steps_argument
from updown_cli.cli.run_options import RunOptions
from updown_cli.errors import UsageError

if TYPE_CHECKING:
    from updown_cli.pipeline.pipeline import Pipeline


@option_class
class ChainOptions:
    """The steps, where they are kept, and how they are run."""

    recipe: str | None = recipe_option()
    allow_write: tuple[str, ...] = option(
        "--allow-write",
        multiple=True,
        metavar="NAME",
        help="Let the recipe write to this file, folder or template, named as it is there, outside "
        "of the folder of -o; repeatable.",
    )
    save_recipe: str | None = option(
        "--save-recipe",
        kind=PATH,
        metavar="FILE.json",
        help="Write the steps to a file, with every parameter; without inputs only that.",
    )
    save_steps: str | None = option(
        "--save-steps",
        kind=PATH,
        metavar="DIR",
        help="Keep what every step but the last gives, as {stem}_{number}-{op}.npy.",
    )
    steps_format: str | None = option(
        "--steps-format",
        kind=option_values.file_format,
        metavar="EXT",
        help="Keep it in another format: png, tif, ...  [default: npy]",
    )
    export: str | None = option(
        "--export",
        kind=PATH,
        metavar="FILE.onnx|.py",
        help="Write the chain with its weights as a model of ONNX (extra onnx), or as Python with "
        "a torch.nn.Module, for images of the size of the one input, a file or CxHxW.",
    )
    run: RunOptions = group(RunOptions)
    inputs: tuple[str, ...] = steps_argument()


@command("chain", ChainOptions)
def chain(options: ChainOptions) -> int:
    """Apply several operations, each to the result of the one before.

    STEPS is one argument. `|` separates the operations, which take the same options as the commands
    of their names; words are quoted as in a shell. Nothing is rounded between them.

    An unpool puts values back where the last max pool before it, that none has undone, found them;
    --indices @1 takes those of step 1, --indices @NAME those of a pool with --save-indices @NAME.

    A step that ends in @NAME keeps its result, which concat @NAME or add @NAME takes later, as
    U-Nets and residual networks do. What is kept is whole, and such a chain is not cut into strips.

    \b
        updown chain 'pool -k 2 | conv --kernel sobel-h -p same | unpool' photo.png -o edges.png
        updown chain "conv --kernel '0 1 0; 1 -4 1; 0 1 0' | pool -k 2" photo.png -o small.png
        updown chain 'pool -k 2 | upsample --scale-factor 2' photos/ -r -o out --save-recipe soft.json
        updown chain --recipe soft.json photo.png -o soft.png
        updown chain 'upblock --mode subpixel --weights photo' 3x64x64 --export twice.onnx
    """  # noqa: E501
    from updown_cli.batch.named_files import check_apart, named_files, read_files
    from updown_cli.batch.recipes import write_recipe
    from updown_cli.cli.run import run_from_options

    pipeline, paths = pipeline_of(options.inputs, options.recipe)
    if options.export is not None:
        return _export(options, pipeline, paths, options.export)
    run = run_from_options(options.run, paths).keeping(options.save_steps, options.steps_format)
    if options.allow_write and options.recipe is None:
        raise UsageError("goes with --recipe", subject="--allow-write")
    if options.save_recipe is None or paths or options.run.input.files_from is not None:
        recipes = options.recipe, options.allow_write, options.save_recipe
        return run.with_recipes(*recipes).process(pipeline)
    read = [*named_files(("--recipe", options.recipe)), *read_files(pipeline)]
    check_apart(named_files(("--save-recipe", options.save_recipe)), read)
    write_recipe(options.save_recipe, pipeline, run.settings.if_exists)
    return 0


def _export(options: ChainOptions, pipeline: Pipeline, paths: tuple[str, ...], target: str) -> int:
    from updown_cli.batch.explain_input import plan_input
    from updown_cli.batch.named_files import check_apart, named_files, read_files
    from updown_cli.batch.single_file import check_free, write_single
    from updown_cli.files.reading import Reading
    from updown_cli.fit.export import EXPORTS
    from updown_cli.op.array_names import ending_of_name

    ending = ending_of_name(target)
    if ending not in EXPORTS:
        raise UsageError(f"must end in {' or '.join(EXPORTS)}", subject=f"--export {target}")
    if len(paths) != 1:
        reason = f"takes one input, for whose size it is, not {len(paths)}"
        raise UsageError(reason, subject="--export", hint="give a file, or a size such as 3x64x64")
    check_apart(named_files(("--export", target)), read_files(pipeline))
    if_exists = options.run.output.if_exists
    check_free(target, if_exists)
    plan = plan_input(pipeline, paths[0], Reading(alpha="drop"))
    write_single(target, EXPORTS[ending](pipeline, plan), if_exists)
    return 0
