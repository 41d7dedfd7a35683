"""The positions of a max pool in files: `.npz` with all that an unpool needs, or bare `.npy`."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.op.pool_indices import NUMBERINGS, PoolIndices, renumber
from updown_cli.op.shape import Shape
from updown_cli.tensors.layout import default_layout, to_planes
from updown_cli.tensors.npy import open_regular, read_npy

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A file that unpacks to more than this many bytes is no positions of a picture.
LARGEST_UNPACKED = 1 << 33


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
    counted_in: Callable[[], Shape],
    numbering: str,
    layout: str | None,
    dims: int,
) -> PoolIndices:
    """Return the positions that a file holds; raise InputError if it has none.

    A bare `.npy` does not tell what it counts in: `counted_in` and `numbering` do.
    """
    if not path.endswith(".npz"):
        return _bare(path, counted_in, numbering, layout, dims)
    indices, about = _members(path)
    try:
        source, numbering = Shape(*about["source"]), about["numbering"]
        remembered = {key: _tuple(about[key]) for key in ("kernel_size", "stride", "padding")}
    except (KeyError, TypeError):
        raise _no_positions() from None
    if numbering not in NUMBERINGS or source.dims != indices.ndim - 2 or min(source) < 1:
        raise _no_positions()
    plain = renumber(indices, source, given=numbering)
    return PoolIndices(plain, source, numbering=numbering, **remembered)


def _bare(
    path: str, counted_in: Callable[[], Shape], numbering: str, layout: str | None, dims: int
) -> PoolIndices:
    array = read_npy(path)
    if array.dtype.kind not in "iu":
        raise InputError(f"{array.dtype.name} values are no positions", code="bad_dtype")
    planes = to_planes(array, layout or default_layout(array.ndim, dims))
    source = counted_in()
    plain = renumber(planes.astype("int64"), source, given=numbering)
    return PoolIndices(plain, source, numbering=numbering)


def _members(path: str) -> tuple[NDArray[Any], dict[str, Any]]:
    import numpy as np

    with open_regular(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                if sum(member.file_size for member in archive.infolist()) > LARGEST_UNPACKED:
                    raise InputError("unpacks to more than 8 GiB", code="too_large")
            file.seek(0)
            with np.load(file, allow_pickle=False) as members:
                indices, about = members["indices"], json.loads(str(members["about"]))
        except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError, zlib.error):
            raise _no_positions() from None
    if indices.dtype != np.int64 or indices.ndim < 3 or not isinstance(about, dict):
        raise _no_positions()
    return indices, about


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _no_positions() -> InputError:
    return InputError(
        "not a file of positions", hint="use one that pool --save-indices wrote", code="corrupt"
    )
