"""What `updown values --set` does: numbers written to a file, everything else as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from updown_cli.batch.named_files import INPUT, check_apart, named_files
from updown_cli.batch.naming import STDOUT
from updown_cli.batch.single_file import check_free, name_file, write_single
from updown_cli.cli.printing import write_stderr, write_stdout
from updown_cli.cli.values_show import read_frame
from updown_cli.cli.window_text import align_columns, json_numbers, readable_number
from updown_cli.errors import InputError, UsageError
from updown_cli.files.formats import ARRAY_ENDINGS, check_writable, ending, ending_of
from updown_cli.files.picture import Picture
from updown_cli.files.pixel_access import element_indices, with_values
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading
from updown_cli.files.write import encode

if TYPE_CHECKING:
    from updown_cli.cli.values import ValuesOptions


def set_values(options: ValuesOptions) -> None:
    """Write a file with the numbers, and tell what they were."""
    target = _target(options)
    check_apart(named_files(("-o", target)), named_files((INPUT, options.path)))
    check_free(target, options.if_exists)
    picture = read_frame(options.path, options)
    changed = _changed(picture, options)
    suffix = ending_of(picture.format) if target == STDOUT else ending(target)
    data = _encoded(changed, suffix, options)
    write_single(target, data, options.if_exists)
    if suffix not in ARRAY_ENDINGS and not _holds(data, changed, options.file.reading()):
        write_stderr(f"warning: {suffix} does not keep every value; write .png or .npy")
    if target != STDOUT:
        _tell_changes(picture, changed, options)


def _target(options: ValuesOptions) -> str:
    """Return where the result goes; raise UsageError for options that contradict each other."""
    output = options.output
    if not options.assignments:
        raise UsageError("goes with --set", subject=f"-o {output}")
    if output is None:
        raise UsageError("needs -o OUT", subject="--set")
    if options.at or options.window:
        raise UsageError("shows numbers, --set writes them", subject="--at or --window")
    if options.as_json and output == STDOUT:
        raise UsageError("both write to standard output", subject="--json, -o -")
    if output != STDOUT:
        check_writable(output)
    return output


def _changed(picture: Picture, options: ValuesOptions) -> Picture:
    try:
        return with_values(picture, options.assignments, options.frame)
    except InputError as error:
        raise name_file(error, options.path) from None


def _encoded(changed: Picture, suffix: str, options: ValuesOptions) -> bytes:
    try:
        return encode(changed, changed.pixels, suffix, options.file.layout)
    except InputError as error:
        hint = f"write {ending_of(changed.format)}"
        raise InputError(error.reason, subject=options.path, hint=hint, code=error.code) from None


def _holds(data: bytes, picture: Picture, reading: Reading) -> bool:
    """Whether a file that was just made holds the very pixels; grey may have become colour."""
    import numpy as np

    read = read_bytes(data, reading).pixels
    if read.shape[1] != picture.shape.channels:
        read = read[:, [0, -1][: picture.shape.channels]]
    return np.array_equal(read, picture.pixels)


def _tell_changes(before: Picture, after: Picture, options: ValuesOptions) -> None:
    """Print what was written: the place, the number before, the number now."""
    frame, rows = options.frame, {}
    for given in options.assignments:
        channels, *sides = element_indices(given.place, before.shape, "")
        for channel in channels:
            place = (channel, *(side.start for side in sides))
            rows[place] = [p.pixels[frame][place].item() for p in (before, after)]
    if options.as_json:
        told = [
            {"at": list(place), "before": json_numbers(old), "after": json_numbers(new)}
            for place, (old, new) in rows.items()
        ]
        write_stdout(json.dumps({"frame": frame, "set": told}) + "\n")
    else:
        lines = [
            (",".join(map(str, place)), *map(readable_number, row)) for place, row in rows.items()
        ]
        write_stdout(align_columns([("at", "before", "after"), *lines]))
