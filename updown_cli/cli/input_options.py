"""What the options about inputs become: which files are read, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from updown_cli.batch.inputs import Selection
from updown_cli.files.frames import check_frames
from updown_cli.files.metadata import check_keep
from updown_cli.files.reading import Reading
from updown_cli.tensors.layout import check_layout

AS_TYPED = ("layout", "dims", "alpha", "max_pixels", "depth", "accept_damaged")
CHECKED = {"frames": check_frames, "keep": check_keep}


def reading_from_options(values: Mapping[str, Any], **fixed: Any) -> Reading:
    """Return how files are read, by those options that a command has; raise UsageError."""
    check_layout(values["layout"], values["dims"])
    typed: dict[str, Any] = {name: values[name] for name in AS_TYPED if name in values}
    checked: dict[str, Any] = {
        name: check(values[name]) for name, check in CHECKED.items() if name in values
    }
    return Reading(**typed, **checked, **fixed)


def selection_from_options(values: Mapping[str, Any], paths: tuple[str, ...] = ()) -> Selection:
    """Return which files are inputs."""
    return Selection(
        paths=paths,
        recurse=values["recurse"],
        include=values["include"],
        exclude=values["exclude"],
        files_from=values.get("files_from"),
        null_separated=values.get("null", False),
    )
