"""HEIF: photographs of telephones, with the extra `heif`; deeper ones are cut, which is said."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.files.avif import Avif, grey_as_colour
from updown_cli.files.boxes import brands_of
from updown_cli.op.param_types import Int

if TYPE_CHECKING:
    from numpy.typing import NDArray

BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}


class Heif(Avif):
    """HEVC picture files (HEIC), of which the main picture is read."""

    name = "HEIF"
    endings = (".heic", ".heif", ".hif")
    frames = False
    plugin = ""
    options = {"quality": Int(min=0, max=100)}  # noqa: RUF012
    defaults = {"quality": 90}  # noqa: RUF012

    def is_signed(self, head: bytes) -> bool:
        """Whether a file says that it holds pictures, and none of AV1."""
        return bool(brands_of(head) & BRANDS)

    def load_plugin(self) -> None:
        """Let Pillow read and write these files; raise InputError without the extra."""
        if not importlib.util.find_spec("pillow_heif"):
            raise InputError(
                "HEIC needs the extra heif",
                hint="pip install 'updown-cli[heif]'",
                code="unsupported",
            )
        from pillow_heif import register_heif_opener

        register_heif_opener(thumbnails=False)

    def fit(self, mode: str, pixels: NDArray[Any]) -> tuple[str, NDArray[Any], list[str]]:
        """Return grey as colour."""
        return grey_as_colour(mode, pixels)
