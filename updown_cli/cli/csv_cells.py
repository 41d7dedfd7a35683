"""Cells of a table that spreadsheets take for text, whatever a file is called."""

from __future__ import annotations

import re

# What spreadsheets take for a formula begins so, in full width too; what is told begins so already.
FORMULA = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20].")
TOLD = re.compile(rf"'{FORMULA.pattern}")


def told_as_text(cell: str) -> str:
    """Return a cell, after an apostrophe if it would be calculated."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def told_cell(cell: str) -> str:
    """Return what `told_as_text` was given."""
    return cell[1:] if TOLD.match(cell) else cell
