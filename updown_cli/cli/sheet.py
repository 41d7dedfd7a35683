"""`updown sheet`: the results of several chains side by side, with what can be said of them."""

from __future__ import annotations

from updown_cli.batch.choices import IF_ONLY_EXISTS
from updown_cli.cli import common_options
from updown_cli.cli.array_options import ArrayOptions
from updown_cli.cli.command import command
from updown_cli.cli.input_options import Folders
from updown_cli.cli.option import PATH, argument, flag, group, option, option_class
from updown_cli.cli.step_offers import offered_tries
from updown_cli.figures.crop_type import CropType, Region
from updown_cli.op.param_types import Int


@option_class
class SheetOptions:
    """The pictures, the chains, and how their results are computed and shown."""

    inputs: tuple[str, ...] = argument("INPUT...", many=True)
    output: str = option(
        "--output",
        "-o",
        required=True,
        kind=PATH,
        metavar="OUT",
        help="The picture or, with the ending .html, the page; - writes a PNG to standard output.",
    )
    texts: tuple[str, ...] = option(
        "--try",
        multiple=True,
        required=True,
        metavar="STEPS",
        complete=offered_tries,
        help="A chain whose result is shown; {a,b} stands for alternatives; repeatable.",
    )
    crop: Region | str | None = option(
        "--crop",
        kind=CropType(),
        help="The part of the input that is magnified.  [default: the square with most detail]",
    )
    zoom: int | None = option(
        "--zoom",
        kind=Int(min=1, max=256),
        help="Show every pixel of the input N times there.  [default: 8, or what results need]",
    )
    panel_size: int | None = option(
        "--panel-size",
        kind=Int(min=16, max=4096),
        help="The longest side of a picture on the sheet.  [default: 384]",
    )
    columns: int | None = option(
        "--columns",
        kind=Int(min=1, max=100),
        help="Panels side by side; of several inputs each has a line of its own.",
    )
    times: bool = flag(
        "--times/--no-times",
        default=True,
        help="Tell how long operations took; without, the same sheet has the same bytes.",
    )
    full: bool = flag(
        "--full",
        help="Put every pixel of large pictures on a page too, not a preview and a part.",
    )
    as_json: bool = flag("--json", help="Print one JSON object per result.")
    range: str | None = common_options.value_range(
        "How values become tones, as in a run.  [default: clamp; symmetric for kernels that "
        "sum to 0 and for deconvnet]"
    )
    if_exists: str = common_options.if_exists("What happens to OUT if it exists.", IF_ONLY_EXISTS)
    folders: Folders = group(Folders)
    arrays: ArrayOptions = group(ArrayOptions)
    alpha: str = common_options.weighed_alpha()
    linear_light: bool = common_options.linear_light()
    dtype: str = common_options.dtype()
    device: str = common_options.device()
    max_pixels: int = common_options.max_pixels()
    max_memory: int | None = common_options.max_memory()
    accept_damaged: bool = common_options.accept_damaged()
    progress: bool = common_options.progress()
    quiet: bool = common_options.quiet()
    debug: bool = common_options.debug()


@command("sheet", SheetOptions)
def sheet(options: SheetOptions) -> int:
    """Show what chains make of pictures side by side, on one labelled picture or page.

    Below each are its shape, its time and, where it has the size of its input, PSNR and SSIM as
    `updown compare` measures them. A part is magnified without smoothing, the same in all. The
    page, which needs no network, shows results in one place in turn, and any two side by side, on
    either side of a slider, flickering or as a difference, with what `compare` tells of them.

    Results of kernels that sum to 0 have both signs and are shown with 0 as middle grey, channels
    that are no colours each by itself. What cannot be done is a panel that says why, and fails.

    \b
        updown sheet photo.png -o modes.png --try 'upsample --mode {nearest,bicubic} --size 64'
        updown sheet photo.png -o pools.html --try 'pool --mode {max,avg,min} -k 3'
        updown sheet a.png b.png -o maps.png --try 'conv --kernel sobel-h,sobel-v -p 1'
    """
    from updown_cli.cli.sheet_making import make_sheet

    return make_sheet(options)
