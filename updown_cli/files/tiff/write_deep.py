"""TIFF files of colour of more than 8 bits, for which Pillow has no mode."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from updown_cli.files.deep import missing_extra
from updown_cli.files.exif import with_new_size
from updown_cli.files.tiff.exif import XMP_TAG

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The tag of a picture's description.
DESCRIPTION = 270


def encode_deep(pixels: NDArray[Any], metadata: dict[str, Any], *, alpha: bool) -> bytes:
    """Return a TIFF file that holds frames x channels x H x W in full."""
    import numpy as np

    rows = np.moveaxis(pixels, 1, -1).copy()  # with plain strides, whatever the sides
    if "exif" in metadata:
        with_new_size(metadata["exif"], (rows.shape[2], rows.shape[1]))
    return _tiff(rows, metadata, alpha=alpha)


def _tiff(rows: NDArray[Any], metadata: dict[str, Any], *, alpha: bool) -> bytes:
    try:
        import imagecodecs  # noqa: F401 (tifffile compresses with it)
        from tifffile import TiffWriter
    except ImportError:
        raise missing_extra("colour of this depth") from None
    file, xmp = io.BytesIO(), metadata.get("xmp")
    with TiffWriter(file, byteorder="<") as writer:
        for frame in rows:
            writer.write(
                frame.squeeze(-1) if frame.shape[-1] == 1 else frame,
                photometric="rgb" if frame.shape[-1] > 2 else "minisblack",
                extrasamples=["unassalpha"] if alpha else None,
                compression="zlib",
                iccprofile=metadata.get("icc"),
                resolution=metadata.get("dpi"),
                resolutionunit="INCH" if "dpi" in metadata else None,
                description=metadata.get("exif", {}).get(DESCRIPTION),
                extratags=[(XMP_TAG, "B", len(xmp), xmp, True)] if xmp else (),
                metadata=None,
            )
    return file.getvalue()
