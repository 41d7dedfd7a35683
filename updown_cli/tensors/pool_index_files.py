"""The positions of a max pool in files: `.npz` with all that an unpool needs, or bare `.npy`."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.op.per_axis import MOST_AXES
from updown_cli.op.pool_indices import NUMBERINGS, PoolIndices, misfit_error, renumber
from updown_cli.op.schema import LARGEST_WHOLE, Given, in_place, parse_json
from updown_cli.op.shape import Shape
from updown_cli.stores.names import open_regular
from updown_cli.tensors.layout import array_shape, default_layout, to_planes
from updown_cli.tensors.named_arrays import allow_stored
from updown_cli.tensors.npy import Allow, read_header, read_numbers
from updown_cli.tensors.npz import entries, open_archive, read_entry, read_text, sides_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What is told about positions has a tenth of these letters.
LONGEST_TEXT = 4096

PARTS = ("indices", "about")


def pool_index_bytes(pool_indices: PoolIndices, numbering: str) -> bytes:
    """Return the `.npz` file of these positions, N x C x sides, counted as `numbering` does."""
    import numpy as np

    about = {
        "numbering": numbering,
        "source": list(pool_indices.source),
        "kernel_size": pool_indices.kernel_size,
        "stride": pool_indices.stride,
        "padding": pool_indices.padding,
    }
    indices = renumber(pool_indices.indices, pool_indices.source, to=numbering)
    file = io.BytesIO()
    np.savez_compressed(file, indices=indices, about=np.array(json.dumps(about)))
    return file.getvalue()


def read_pool_indices(
    path: str,
    shape: Shape,
    counted_in: Callable[[], Shape],
    numbering: str,
    layout: str | None,
) -> PoolIndices:
    """Return the positions that a file holds for values of a shape.

    Raises InputError if it has none, or those of another shape. A bare `.npy` does not tell
    what it counts in: `counted_in` and `numbering` do.
    """
    if not path.endswith(".npz"):
        return _bare(path, shape, counted_in, numbering, layout)
    with open_regular(path) as file, open_archive(file) as archive:
        members = entries(archive)
        if any(name not in members for name in PARTS):
            raise _no_positions()
        told = _told(_about(archive, members["about"]))
        allow = partial(allow_stored, file=file)
        indices = _indices(archive, members["indices"], told["source"], shape, allow)
    plain = renumber(indices, told["source"], given=told["numbering"])
    return PoolIndices(plain, **told)


def _bare(
    path: str, shape: Shape, counted_in: Callable[[], Shape], numbering: str, layout: str | None
) -> PoolIndices:
    with open_regular(path) as file:
        header = read_header(file)
        if header.dtype.kind not in "iu":
            raise InputError(f"{header.dtype.name} values are no positions", code="bad_dtype")
        axes = layout or default_layout(len(header.shape), shape.dims)
        found, frames = array_shape(header.shape, axes, shape.dims)
        _check_shape((frames, *found), shape)
        array = read_numbers(file, partial(allow_stored, file=file))
    source = counted_in()
    plain = renumber(to_planes(array, axes).astype("int64"), source, given=numbering)
    return PoolIndices(plain, source, numbering=numbering)


def _check_shape(found: tuple[int, ...], shape: Shape) -> None:
    """Raise InputError for positions that are not those of an image, before they are read."""
    if found[1:] != tuple(shape):
        raise misfit_error((found[0], *shape), found)


def _about(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Given:
    text = read_text(archive, entry, LONGEST_TEXT)
    if text is None:
        raise _no_positions()
    with in_place("about"):
        return Given(parse_json(text.encode("utf-8", "surrogatepass")), "about")


def _told(about: Given) -> dict[str, Any]:
    """Return all that a file tells beside the positions themselves."""
    source = about.member("source").entries("numbers", 2, 1 + MOST_AXES)
    padding = about.member("padding")
    return {
        "numbering": about.member("numbering").word(NUMBERINGS),
        "source": Shape(*(side.whole(1, LARGEST_WHOLE) for side in source)),
        "kernel_size": _per_axis(about.member("kernel_size"), 1),
        "stride": _per_axis(about.member("stride"), 1),
        "padding": padding.value if isinstance(padding.value, str) else _per_axis(padding, 0),
    }


def _per_axis(given: Given, least: int) -> tuple[int, ...] | None:
    if given.value is None:
        return None
    return tuple(
        each.whole(least, LARGEST_WHOLE) for each in given.entries("numbers", 1, MOST_AXES)
    )


def _indices(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: Shape, shape: Shape, allow: Allow
) -> NDArray[Any]:
    sides = sides_of(archive, entry)
    if len(sides) != source.dims + 2 or sides[0] * math.prod(source) > LARGEST_WHOLE:
        raise _no_positions()
    _check_shape(sides, shape)
    indices = read_entry(archive, entry, allow)
    if indices.dtype.name != "int64":
        raise _no_positions()
    return indices


def _no_positions() -> InputError:
    return InputError(
        "not a file of positions", hint="use one that pool --save-indices wrote", code="corrupt"
    )
