"""Writes docs/formats.md from the tables that read and write pictures."""

from __future__ import annotations

from pathlib import Path

from docs.kept import kept
from updown_cli.files.formats import FORMATS
from updown_cli.files.keep import KINDS
from updown_cli.files.modes import READ_AS, READABLE

PAGE = Path(__file__).parent / "formats.md"

HEAD = """# Formats

This page is written by `python -m docs.make_formats` from what `updown_cli/files` declares; a
test fails when it is stale.

A file is read by its content, whatever its name ends in, and written by its name. Pixels are
computed with as the file's own code values: 0 to 255, 0 to 65535, or floats as they are. A result
keeps the depth of its picture; `--depth` chooses another.

## What a picture is read as

Transparency adds an A. Operations that mix values (means, interpolation, convolution) weigh colours
by alpha, so that hidden colour does not bleed; those that select values (max, min, median, nearest,
shuffle, unpooling by positions) keep colours straight. `--alpha` chooses otherwise. Integers stay
integers where an operation only selects values.
"""

RULES = """## What becomes of what describes a picture

* **Resolution.** It is turned with the picture. It stays as it is when both sides are scaled by the
  same factor, as image tools do it. Where one side is scaled by more than the other, that one keeps
  its resolution and the other's gets less in proportion, so that the picture keeps its shape on
  paper. 0/0, 1/0 and what a format has no number for are left out.
* **Texts** of EXIF data and TIFF tags stay the bytes that they are, in whatever alphabet.
  Orientation, thumbnails and sizes are corrected or left out. XMP gets the new size.
* **Colour.** A profile that is for other channels than the result's is left out, and that is said.
  PNG keeps gAMA, cHRM, sRGB, cICP, mDCV and cLLI, and every text with its language.
* **Frames.** Each frame is written whole; none is dropped because it repeats another. Delays and
  how often the frames are shown stay. A GIF tells how often frames are repeated, the others how
  often they are shown. An APNG's picture for still viewers is left out, and that is said.
* **TIFF.** Pages are pictures of their own: smaller copies (overviews, thumbnails) and masks are
  left out, and that is said; each page keeps its own tags. Premultiplied colours are divided by
  alpha, MinIsWhite is inverted, depths such as 12 bits get white as 65535. Bands that are neither
  colour nor alpha stay bands, which only TIFF and `.npy` hold. Counts of ImageJ, OME and tifffile,
  and places on the map, are left out.
* **JPEG.** XMP, EXIF data and comments of more than 64 kB do not fit and are left out, which is
  said. What stands behind the picture (gain map, film, depth) is left out and
  said; IPTC stays.
* **Camera raw**, SVG, Photoshop, OpenEXR, DICOM and others are refused by name. HEIC needs the
  extra `heif` (`pip install 'updown-cli[heif]'`), JPEG XL and packed TIFF (WEBP, LERC, JPEG 2000,
  JPEG XL, Zstandard) the extra `deep`.
"""

LARGE = """## Large pictures

With the extra `huge` (`pip install 'updown-cli[huge]'`: libvips) a picture of 256 Mi values, or of
a quarter of `--max-memory`, or more is left in its file and decoded in strips: JPEG, PNG but for
interlaced ones, one page of TIFF or BigTIFF in strips or tiles, of 8 and 16 bits and float grey.
`-v` says `read in strips`. Pixels and what describes them are those without the extra:
`tests/files/test_huge.py` compares them, and no value of its files differs.

* A picture that EXIF data turn by a quarter or a half is unpacked into a file without a name in
  `TMPDIR`, because its rows are columns of the file.
* libjpeg keeps the coefficients of a progressive JPEG in memory, two bytes for each value.
* WebP (at most 16383 pixels a side), animations and all other formats are read whole: their
  decoders hold a picture whole.
* What libjpeg and libtiff only warn of is refused; `--accept-damaged` reads such a file whole.
* An operation that needs the whole picture at once gets it; `-v` says so.

Large `.npy` results are written in strips, with the extra and without it: `-v` says `written in
strips`. With it JPEG, PNG, TIFF and BigTIFF are too. A JPEG has restart markers then, and its
pixels are those of one that is encoded whole; settings for which the encoder must see all
(`progressive`, `optimize`), other formats and PNG of 16-bit colour are encoded whole.
"""

WORDS = {
    "1": "1-bit black and white, as 0 and 255",
    "P": "palette, as its colours",
    "PA": "palette with alpha, as its colours",
    "YCbCr": "converted, which is said",
    "LAB": "converted, which is said",
    "HSV": "converted, which is said",
    "RGBX": "colour, the padding dropped",
    "La": "premultiplied grey",
    "RGBa": "premultiplied colour",
    "L": "8-bit grey",
    "LA": "8-bit grey with alpha",
    "RGB": "8-bit colour",
    "RGBA": "8-bit colour with alpha",
    "CMYK": "four inks, of which none is alpha",
    "I;16": "16-bit grey",
    "I;16B": "16-bit grey, most significant byte first",
    "I;16L": "16-bit grey, least significant byte first",
    "I": "32-bit integer grey",
    "F": "float grey",
}


def page() -> str:
    """Return the whole page."""
    return "\n".join(
        [
            HEAD,
            *modes(),
            "",
            *deep_colour(),
            "",
            *formats(),
            "",
            *encoders(),
            "",
            *kept(),
            "",
            LARGE,
            RULES,
        ]
    )


def modes() -> list[str]:
    """Return what each Pillow mode becomes."""
    rows = [
        f"| {mode} | {READ_AS.get(mode, mode)} | {WORDS[mode]} |" for mode in (*READABLE, *READ_AS)
    ]
    return ["| Pillow's mode | Read as | |", "| --- | --- | --- |", *rows]


def deep_colour() -> list[str]:
    """Return what the extra reads and writes."""
    held = [f"| {fmt.name} | {', '.join(fmt.deep_types)} |" for fmt in FORMATS if fmt.deep_types]
    return [
        "Colour of more than 8 bits needs the extra `deep` (`pip install 'updown-cli[deep]'`); "
        "without it such a file is refused, or taken at 8 bits with `--depth 8`.",
        "",
        "| Format | Types in colour |",
        "| --- | --- |",
        *held,
    ]


def formats() -> list[str]:
    """Return what each format can hold and keep, and so what it cannot."""
    rows = []
    for fmt in FORMATS:
        lost = ", ".join(kind for kind in KINDS if kind not in fmt.keeps) or "nothing"
        cells = (fmt.name, " ".join(fmt.endings), ", ".join(fmt.modes), _yes(fmt.frames), lost)
        rows.append(f"| {' | '.join(cells)} |")
    return [
        "## What a format can hold",
        "",
        "| Format | Endings | Modes | Frames | Not kept |",
        "| --- | --- | --- | --- | --- |",
        *rows,
        "",
        "GIF has 256 colours a frame; JPEG and WebP change pixels. TIFF keeps the EXIF tags that "
        "are texts, camera settings and position. `.npy` and `.npz` hold any numbers, and nothing "
        "beside them.",
    ]


def _yes(fact: bool) -> str:
    return "yes" if fact else "the first"


def encoders() -> list[str]:
    """Return the options of `--co` and the defaults."""
    rows = []
    for fmt in (fmt for fmt in FORMATS if fmt.options):
        names = ", ".join(f"`{name}` {kind.metavar}".strip() for name, kind in fmt.options.items())
        defaults = ", ".join(f"{name} {value}" for name, value in fmt.defaults.items())
        rows.append(
            f"| {fmt.name} | {names} | {defaults} |".replace("|4", "\\|4").replace("|t", "\\|t")
        )
    return [
        "## How a format is encoded",
        "",
        "| Format | `--co` | Default |",
        "| --- | --- | --- |",
        *(row.replace("|p", "\\|p") for row in rows),
        "",
        "A JPEG made from a JPEG keeps its quantization tables and subsampling. Of a PNG a few "
        "strips are compressed in three ways: photographs, which have few repeats, are written "
        "with Huffman codes alone or with run lengths, which takes a fraction of the time for "
        "about the same size; graphics with matches, as all pictures of at most 4 KB. "
        "`python benchmarks/png.py` measures it.",
    ]


if __name__ == "__main__":
    PAGE.write_text(page())
