"""What was meant: the nearest name, or what another tool's word is called here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate

# Letters of a list of names that a message has room for.
LONGEST_LIST = 100

#: Words of other libraries and tools, by what they are called here.
CALLED = {
    "avg": ("mean", "average", "avgpool2d", "averagepool"),
    "max": ("maximum", "maxpool2d", "largest"),
    "min": ("minimum", "smallest"),
    "bicubic": ("cubic", "catmull-rom"),
    "bilinear": ("triangle", "linear2d"),
    "nearest": ("point", "nn", "neighbour", "neighbor"),
    "lanczos": ("lanczos3", "sinc"),
    "adaptive-avg": ("global", "global-avg", "gap"),
    "upsample": (
        *("resize", "scale", "interpolate", "interpolation", "upscale", "enlarge", "zoom"),
        *("upsampling2d", "thumbnail", "resample", "downsample", "downscale"),
    ),
    "pool": ("shrink", "reduce", "maxpool", "avgpool", "maxpool2d", "avgpool2d", "pooling"),
    "unpool": ("maxunpool", "maxunpool2d", "unpooling"),
    "deconv": (
        *("convtranspose2d", "convtranspose", "conv-transpose", "conv2dtranspose"),
        *("transposed", "deconvolution", "conv_transpose2d"),
    ),
    "conv": ("convolve", "conv2d", "convolution", "filter", "sobel", "blur"),
    "shuffle": ("pixelshuffle", "pixel-shuffle", "pixelunshuffle", "depth-to-space"),
    "shapes": ("info", "size", "summary", "plan"),
    "compare": ("diff", "cmp", "idiff", "psnr", "ssim", "metrics"),
    "sheet": ("montage", "contact", "contact-sheet", "grid"),
    "values": ("pixel", "pixels", "dump", "print", "show"),
    "chain": ("pipeline", "pipe", "compose", "sequential"),
    "explain": ("why", "describe", "visualize", "animate"),
    "bench": ("benchmark", "time", "timing"),
    "completion": ("completions", "complete"),
}

#: The same for options, with the words to type; the first of them is the option that is there.
OPTIONS = {
    "--if-exists overwrite": ("--overwrite", "--force", "--clobber", "-f", "-y", "--yes"),
    "--if-exists skip": ("--skip-existing", "--no-clobber", "--resume", "--continue"),
    "--co quality=90": ("--quality", "--jpeg-quality"),
    "--co compress_level=6": ("--compression", "--compress"),
    "--recurse": ("--recursive", "-R"),
    "--jobs 4": ("--workers", "--threads", "--parallel", "--num-workers"),
    "--output DIR": ("--out", "--outdir", "--output-dir", "--dest", "--out-dir"),
    "--scale-factor 2": ("--scale", "--factor", "--ratio"),
    "--size HxW": ("--resize", "--geometry", "--width", "--height", "--shape"),
    "--kernel-size 2": ("--kernel", "--window", "--ksize", "--pool-size"),
    "--stride 2": ("--strides", "--step"),
    "--mode": ("--interpolation", "--filter", "--method", "--resample"),
    "--format png": ("--ext", "--suffix", "--extension"),
    "--dry-run": ("--simulate", "-n", "--check"),
}

TYPED = {word: typed for typed, words in OPTIONS.items() for word in words}


def nearest_name(word: str, names: Sequence[str]) -> str:
    """Return `; did you mean NAME?` for another word of it or a likely typing error, else nothing.

    What is written in capitals, or with the other dash, is meant as it is said here.
    """
    plain = word.lower().replace("_", "-")
    for meant in (plain, *_called(plain)):
        if meant in names:
            return f"; did you mean {meant}?"
    from difflib import get_close_matches

    close = get_close_matches(word, names, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def one_of(word: object, names: Collection[str]) -> str:
    """Return `must be one of NAMES`: the first of many where the nearest is told, else all."""
    near = nearest_name(word, tuple(names)) if isinstance(word, str) else ""
    return f"must be one of {first_names(names) if near else ', '.join(names)}{near}"


def first_names(names: Collection[str]) -> str:
    """Return names, or those that a message has room for and how many more there are."""
    ends = accumulate(len(name) + len(", ") for name in names)
    count = sum(end - len(", ") <= LONGEST_LIST for end in ends)
    if count == len(names):
        return ", ".join(names)
    return f"{', '.join([*names][:count])} and {len(names) - count} more"


def nearest_option(option: str, known: Sequence[str]) -> str:
    """Return `; did you mean OPTION VALUE?` for what another tool calls so, or a typing error."""
    typed = TYPED.get(option.split("=")[0], "")
    if typed and typed.split()[0] in known:
        return f"; did you mean {typed}?"
    return nearest_name(option, known)


def _called(word: str) -> list[str]:
    """Return what a word of others can be called here."""
    return [name for name, words in CALLED.items() if word in words]
