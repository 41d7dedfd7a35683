"""Pictures of kinds that are not read, each by its name: no damage, and no foreign thing."""

from __future__ import annotations

from updown_cli.errors import InputError
from updown_cli.files.boxes import brands_of

RAW = "develop it to TIFF first"
RENDER = "render it to PNG first"
CONVERT = "convert it to PNG or TIFF first"

#: How files begin, what they are, and what helps.
SIGNATURES = (
    (b"FUJIFILMCCD-RAW", "camera raw files are", RAW),
    (b"IIRO", "camera raw files are", RAW),
    (b"IIRS", "camera raw files are", RAW),
    (b"MMOR", "camera raw files are", RAW),
    (b"IIU\0", "camera raw files are", RAW),
    (b"FOVb", "camera raw files are", RAW),
    (b"\0MRM", "camera raw files are", RAW),
    (b"8BPS", "Photoshop files are", CONVERT),
    (b"v/1\x01", "OpenEXR is", CONVERT),
    (b"#?RADIANCE", "Radiance HDR is", CONVERT),
    (b"DDS ", "DDS is", CONVERT),
    (b"SIMPLE  =", "FITS is", CONVERT),
    (b"gimp xcf", "XCF is", CONVERT),
    (b"II\xbc", "JPEG XR is", CONVERT),
    (b"P7\n", "PAM is", CONVERT),
)

# Where DICOM and Canon's raw files have their signature.
DICOM, CANON = 128, 8


def check_readable(head: bytes) -> None:
    """Raise InputError for a picture of a kind that is not read."""
    found = _kind_of(head)
    if found:
        what, hint = found
        raise InputError(f"{what} not read", hint=hint, code="unsupported")


def _kind_of(head: bytes) -> tuple[str, str] | None:
    for start, what, hint in SIGNATURES:
        if head.startswith(start):
            return what, hint
    if (head[CANON : CANON + 2] == b"CR" and head[:2] == b"II") or b"crx " in brands_of(head):
        return "camera raw files are", RAW
    if head[DICOM : DICOM + 4] == b"DICM":
        return "DICOM is", CONVERT
    return ("SVG is", RENDER) if _is_svg(head) else None


def _is_svg(head: bytes) -> bool:
    """Whether it is XML whose first element is a drawing, as far as the first bytes tell."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith(b"<svg") or (
        text.startswith((b"<?xml", b"<!--", b"<!DOCTYPE svg")) and b"<svg" in text
    )
