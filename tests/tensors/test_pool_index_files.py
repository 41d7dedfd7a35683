"""Files of positions that somebody else has made: each costs itself alone."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import Updown, noise, picture, pixels

HINT = "; use one that pool --save-indices wrote"

ABOUT: dict[str, Any] = {
    "numbering": "torch",
    "source": [1, 4, 6],
    "kernel_size": [2, 2],
    "stride": None,
    "padding": [0, 0],
}


def positions(about: Any, indices: Any = None) -> bytes:
    """Return an archive of the positions of 2x3 maxima with this text about them."""
    taken = np.arange(0, 12, 2).reshape(1, 1, 2, 3) if indices is None else indices
    text = about if isinstance(about, str) else json.dumps(about)
    file = io.BytesIO()
    np.savez(file, indices=taken, about=np.array(text))
    return file.getvalue()


def archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as members_of:
        for name, data in members.items():
            members_of.writestr(f"{name}.npy", data)
    return file.getvalue()


def lying_text() -> bytes:
    """Return positions whose text claims 400 MB."""
    header = b"{'descr': '<U99999999', 'fortran_order': False, 'shape': (), }\n"
    text = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(64)
    whole = io.BytesIO()
    np.save(whole, np.zeros((1, 1, 2, 3), np.int64))
    return archive(indices=whole.getvalue(), about=text)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (positions("[" * 4000), "about: is nested deeper than 32"),
        (positions("[" * 100_000), "not a file of positions" + HINT),
        (positions("x"), "about: line 1, column 1: is no JSON"),
        (positions("[]"), "about: must be an object"),
        (positions('{"source": "\\ud800"}'), "about: source: must be text without surrogates"),
        (positions({**ABOUT, "source": "text"}), "about.source: must be a list of 2 to 4 numbers"),
        (positions({**ABOUT, "source": [1, "a", 6]}),
         'about.source[1] "a": must be a whole number'),
        (positions({**ABOUT, "source": [1, 0, 6]}),
         "about.source[1] 0: must be from 1 to 9223372036854775807"),
        (positions({**ABOUT, "source": [1, 10**400, 6]}),
         "about: source[1]: must be a number of at most 19 digits"),
        (positions({**ABOUT, "source": [1, 10**18, 10**18]}), "not a file of positions" + HINT),
        (positions({**ABOUT, "source": [1, 4]}), "not a file of positions" + HINT),
        (positions({**ABOUT, "numbering": ["torch"]}),
         'about.numbering ["torch"]: must be one of torch, tf, tf-batch, onnx'),
        (positions({**ABOUT, "stride": [2, 2.5]}), "about.stride[1] 2.5: must be a whole number"),
        (positions(ABOUT, np.zeros((1, 1, 2, 3))), "not a file of positions" + HINT),
        (positions(ABOUT, np.zeros(6, np.int64)), "not a file of positions" + HINT),
        (lying_text(), "not a file of positions" + HINT),
        (archive(indices=b"", about=b""), "not a .npy file"),
        (archive(indices=b""), "not a file of positions" + HINT),
        (b"PK\x03\x04", "damaged .npz file"),
    ],
    ids=range(19),
)  # fmt: skip
def test_one_hostile_file_of_positions_stops_no_other(
    updown: Updown, data: bytes, reason: str
) -> None:
    Path("in").mkdir()
    Path("told").mkdir()
    for name in ("a", "b"):
        picture(f"in/{name}.png", noise(2, 3))
    Path("told/a.npz").write_bytes(data)
    Path("told/b.npz").write_bytes(positions(ABOUT))
    done = updown("unpool", "--indices", "told", "in", "-o", "out", "-q")
    sentence = f"updown: in/a.png: told/a.npz: {reason}\n"
    assert (done.code, done.stderr.splitlines(keepends=True)[0]) == (1, sentence)
    assert not Path("out/a.png").exists()
    expected = np.zeros(24, np.uint8)
    expected[:12:2] = pixels("in/b.png").ravel()
    np.testing.assert_array_equal(pixels("out/b.png"), expected.reshape(4, 6))
