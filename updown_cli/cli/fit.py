"""`updown fit`: the weights of layers, learned from pairs of pictures."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.cli.command import command
from updown_cli.cli.fit_options import FitOptions
from updown_cli.errors import UsageError
from updown_cli.fit.choices import DROP_OR_KEEP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from updown_cli.fit.fitting import Fitting
    from updown_cli.fit.pairs import Pair
    from updown_cli.fit.report import Fitted


@command("fit", FitOptions)
def fit(options: FitOptions) -> int:
    """Learn the weights of layers from pairs of pictures.

    STEPS are those of updown chain. A conv or deconv without --kernel learns: one kernel of
    --kernel-size for all channels, without a bias; with --channels N a whole weight for N results
    and a bias (--no-bias leaves it out); with --mode depthwise a kernel for each channel. An
    upblock without --weights learns all that its mode has, from --init on.

    Where one layer learns and nothing after it bends, least squares finds the weights exactly.

    \b
        updown fit 'conv -k 7 -p same' --pairs sharp.png blurred.png -o blur.npz
        updown fit 'deconv -k 4 -s 2 -p 1' --pairs small/ large/ -o up.safetensors
        updown fit 'upblock --mode subpixel' --pictures photos/ -o up.safetensors \\
            --degrade 'upsample --mode bicubic --antialias --scale-factor 0.5'
        updown deconv --kernel up.safetensors::0.weight -s 2 -p 1 photo.png -o large.png

    The arrays are named after their step, from 0: 0.weight, 0.bias; those of a block that is the
    only step as the block names them, so that --weights takes the file.
    """
    from updown_cli.cli.fit_report import print_fit, show_note
    from updown_cli.fit.fitting import fit as learn
    from updown_cli.fit.report import inputs_told

    if options.show is not None:
        return show_note(options.show)
    if options.steps is None or options.output is None:
        missing = "no steps" if options.steps is None else "no file for the weights"
        raise UsageError(missing, hint="updown fit STEPS --pairs SMALL LARGE -o W.safetensors")
    fitting = _fitting(options, options.steps, options.output)
    _check_files(options, fitting.pairs)
    inputs = inputs_told(fitting.pairs, fitting.start)
    keep = partial(_write, options, options.output, inputs)
    fitted = learn(replace(fitting, on_stop=keep))
    keep(fitted)
    if not options.quiet:
        print_fit(fitted, fitting, as_json=options.json)
    return 0


def _fitting(options: FitOptions, text: str, path: str) -> Fitting:
    from updown_cli.cli.fit_progress import Progress
    from updown_cli.cli.fit_steps import parse_fit_steps
    from updown_cli.cli.steps import parse_steps
    from updown_cli.fit.fitting import Fitting
    from updown_cli.fit.pairs import Loading, named_pairs
    from updown_cli.tensors.weight_bytes import check_weight_name

    check_weight_name("--output", path)
    given, learning = options.pairs, options.learning
    if (given.degrade is None) != (not given.pictures):
        raise UsageError("go together", subject="--pictures, --degrade")
    steps = parse_fit_steps(text)
    degrade = None if given.degrade is None else parse_steps(given.degrade)
    reading = replace(options.files.reading(), alpha="drop", keep=frozenset())
    return Fitting(
        steps=steps,
        text=text,
        path=path,
        loading=Loading(reading=reading, degrade=degrade),
        pairs=named_pairs(given.pairs, given.pictures, given.folders.selection()),
        method=learning.method,
        ridge=learning.ridge,
        seed=learning.seed,
        held_out=given.held_out,
        drop_saturated=learning.saturated == DROP_OR_KEEP[0],
        drop_edges=learning.edges == DROP_OR_KEEP[0],
        device=learning.device,
        start=learning.start,
        stepping=learning.stepping(),
        tell=Progress(shown=options.progress and not options.quiet).tell,
    )


def _check_files(options: FitOptions, pairs: Sequence[Pair]) -> None:
    """Raise UsageError for what cannot be made, or would take the place of another."""
    from updown_cli.batch.named_files import INPUT, check_apart, named_files
    from updown_cli.batch.single_file import check_free
    from updown_cli.files.formats import check_writable
    from updown_cli.stores.save import check_folder

    written = {"--output": options.output, "--plot": options.plot}
    inputs = [(INPUT, file) for pair in pairs for file in pair.files]
    check_apart(named_files(*written.items()), named_files(*inputs))
    if options.plot is not None:
        check_writable(options.plot)
    for path in filter(None, written.values()):
        check_folder(path)
        check_free(path, options.if_exists)


def _write(options: FitOptions, path: str, inputs: dict[str, Any], fitted: Fitted) -> None:
    from updown_cli.batch.single_file import write_single
    from updown_cli.figures.kernel_sheet import kernel_codes
    from updown_cli.files.formats import ending
    from updown_cli.files.picture import Picture
    from updown_cli.files.write import encode
    from updown_cli.tensors.weight_bytes import weight_bytes

    note = fitted.note(inputs)
    write_single(path, weight_bytes(path, fitted.arrays, note), options.if_exists)
    if options.plot is not None:
        codes = kernel_codes(next(a for a in fitted.arrays.values() if a.ndim > 1))[None, None]
        data = encode(Picture(codes, "L"), codes, ending(options.plot), None)
        write_single(options.plot, data, options.if_exists)
