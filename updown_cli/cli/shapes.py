"""`updown shapes`: what a chain would do, from headers alone."""

from __future__ import annotations

from updown_cli.cli import common_options
from updown_cli.cli.array_options import ArrayOptions
from updown_cli.cli.command import command
from updown_cli.cli.input_options import FoldersAndLists
from updown_cli.cli.option import flag, group, option, option_class
from updown_cli.cli.pipeline_words import pipeline_of, recipe_option, steps_argument
from updown_cli.cli.shape_type import ShapeType, SizeType
from updown_cli.files.reading import Reading
from updown_cli.op.shape import Shape


@option_class
class ShapesOptions:
    """The sizes or files that a chain is planned for."""

    size: tuple[Shape, ...] = option(
        "--size",
        kind=SizeType(),
        multiple=True,
        help="Plan for pictures in colour of this size, with or without inputs; repeatable.",
    )
    shape: tuple[Shape, ...] = option(
        "--shape",
        kind=ShapeType(),
        multiple=True,
        help="The same with channels before one to three sides; repeatable.",
    )
    recipe: str | None = recipe_option()
    files: FoldersAndLists = group(FoldersAndLists)
    arrays: ArrayOptions = group(ArrayOptions)
    alpha: str = common_options.weighed_alpha()
    max_pixels: int = common_options.max_pixels()
    max_memory: int | None = common_options.max_memory_of_reading()
    json: bool = flag("--json", help="Print one JSON object per size.")
    inputs: tuple[str, ...] = steps_argument()

    def reading(self) -> Reading:
        """Return how headers are read."""
        reading = Reading(alpha=self.alpha, max_pixels=self.max_pixels, max_memory=self.max_memory)
        return self.arrays.complete(reading)


@command("shapes", ShapesOptions)
def shapes(options: ShapesOptions) -> int:
    """Tell what a chain would do: shapes, receptive fields, operations, memory.

    Reads headers only. Inputs of one size share a table. The receptive field are the input
    pixels that one pixel amid the result depends on; stride is the distance of two neighbours
    of the result in input pixels, offset the place of the first, 0 being the middle of the
    first input pixel. Operations are multiply-adds, or comparisons where maxima or medians are
    chosen. The exit code is 1 if anything would not work.

    \b
        updown shapes 'pool -k 2 | conv --kernel box -p same | unpool' --size 480x640
        updown shapes 'pool -k 3 -s 2 | deconv --kernel bilinear -s 2' photos/ -r
    """
    from updown_cli.cli.shape_groups import Group, groups_of_inputs, limited_report
    from updown_cli.cli.shape_table import print_group

    pipeline, paths = pipeline_of(options.inputs, options.recipe)
    reading = options.reading()
    sizes = (*options.size, *options.shape)
    groups = [Group(limited_report(pipeline, (size, 1), None, reading)) for size in sizes]
    failed = False
    if not groups or paths or options.files.files_from is not None:
        found, failed = groups_of_inputs(
            pipeline, options.files.selection(paths).sources(), reading
        )
        groups += found
    for one in groups:
        print_group(one, as_json=options.json)
    return 1 if failed or any(one.report.error for one in groups) else 0
