"""What `updown values` shows: the numbers in a window of one frame."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from updown_cli.batch.single_file import name_file, read_single
from updown_cli.cli.printing import write_stderr, write_stdout
from updown_cli.cli.window_text import channel_names, file_heading, window_json, window_tables
from updown_cli.errors import InputError
from updown_cli.files.frames import Frames
from updown_cli.files.picture import Picture
from updown_cli.files.pixel_access import window_of

if TYPE_CHECKING:
    from updown_cli.cli.values import ValuesOptions


def show_values(options: ValuesOptions) -> None:
    """Print the numbers in the window."""
    picture = read_frame(options)
    path, frame = options.path, options.frame
    try:
        window = window_of(picture.shape, options.at, options.window)
    except InputError as error:
        raise name_file(error, path) from None
    shown = picture.pixels[frame][tuple(slice(axis.start, axis.stop) for axis in window)]
    if options.as_json:
        write_stdout(json.dumps(window_json(path, picture, frame, window, shown)) + "\n")
    else:
        names = channel_names(picture.colour, picture.shape.channels)
        table = window_tables(shown, window, [names[channel] for channel in window[0]])
        write_stdout(f"{file_heading(path, picture, frame)}\n{table}")


def read_frame(options: ValuesOptions) -> Picture:
    """Return a picture that has the frame; raise InputError for one that has not."""
    picture = read_single(options.path, options.file.reading())
    try:
        Frames(options.frame, options.frame).of(picture.frames)
    except InputError as error:
        raise name_file(error, options.path) from None
    for remark in picture.remarks:
        write_stderr(f"warning: {remark}")
    return picture
