"""The formats of moving pictures."""

from __future__ import annotations

from typing import Any

#: By ending: Pillow's name of the format, and how it is saved.
MOVING_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    ".gif": ("GIF", {"optimize": True}),
    ".png": ("PNG", {}),
    ".webp": ("WEBP", {"lossless": True, "method": 4}),
}
