"""Members of tar files against Python's tarfile, and what it alone may read."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import pytest

from updown_cli.errors import InputError
from updown_cli.stores.tar_headers import plain_member
from updown_cli.stores.tar_reading import members_of

# The first of them the oldest format cannot have.
NAMES = ["n" * 101, "a.png", "x/b.cls", "n" * 100, "d/" * 70 + "e.png", "ä.png", "sp ace", "z"]


def archive(form: int, **told: Any) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=form) as tar:
        for number, name in enumerate(NAMES[form == tarfile.USTAR_FORMAT :]):
            info = tarfile.TarInfo(name)
            info.size = 300 * number
            for key, value in told.items():
                setattr(info, key, value)
            tar.addfile(info, io.BytesIO(b"x" * info.size))
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE):
            info = tarfile.TarInfo(f"of-type-{kind.decode()}")
            info.type, info.linkname = kind, "a.png"
            tar.addfile(info)
        tar.addfile(tarfile.TarInfo("last"))
    return data.getvalue()


def facts(info: tarfile.TarInfo) -> tuple[object, ...]:
    return info.name, info.size, info.offset_data, info.isreg(), info.isdir(), info.issym()


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize(
    "told",
    [
        {},
        {"mtime": 1.5, "uname": "ich", "uid": 7},
        {"uname": "ä"},
        {"pax_headers": {"comment": "a remark"}},
        {"pax_headers": {"path": "another"}},
    ],
    ids=str,
)
def test_members_are_those_of_tarfile(form: int, told: dict[str, Any]) -> None:
    data = archive(form, **told)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        expected = [*map(facts, tar.getmembers())]
    assert [*map(facts, members_of(io.BufferedReader(io.BytesIO(data))))] == expected


def test_what_is_told_of_all_members_counts() -> None:
    data = io.BytesIO()
    told = {"path": "all.png"}
    with tarfile.open(fileobj=data, mode="w", pax_headers=told) as tar:
        for name in ("a", "b"):
            tar.addfile(tarfile.TarInfo(name))
    assert [info.name for info in members_of(io.BytesIO(data.getvalue()))] == ["all.png", "all.png"]


def test_a_plain_header_is_read_without_tarfile() -> None:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        info = tarfile.TarInfo("a.png")
        info.mtime = 1.5  # webdataset's own writer tells parts of seconds
        tar.addfile(info)
    found = plain_member(data, 0)
    assert found is not None
    assert (found.name, found.size, found.offset_data) == ("a.png", 0, 3 * 512)


@pytest.mark.parametrize("place", [0, 124, 148, 156, 257])
def test_a_damaged_header_is_none(place: int) -> None:
    data = bytearray(tarfile.TarInfo("a").tobuf() + tarfile.TarInfo("b").tobuf() + bytes(1024))
    data[512 + place] ^= 4
    assert plain_member(io.BytesIO(data), 512) is None
    with pytest.raises(InputError, match="is cut short or damaged after 1 whole member"):
        list(members_of(io.BytesIO(data)))
