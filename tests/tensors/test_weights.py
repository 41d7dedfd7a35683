"""Arrays from weight files: what is read, by which key, and that no file is trusted."""

from __future__ import annotations

import collections
import io
import json
import os
import pickle
import struct
import sys
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_tensors

from tests.bombs import zero_archive
from updown_cli.errors import ParameterError
from updown_cli.op.array_names import names_file, split_key
from updown_cli.tensors.weights import open_weights, read_weight

Arrays = dict[str, NDArray[Any]]

TWO: Arrays = {
    "conv.weight": np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2),
    "conv.bias": np.array([0.5, -1], dtype=np.float32),
}


def tensors(arrays: Arrays) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


WRITERS: dict[str, Callable[[str, Arrays], object]] = {
    "w.npz": lambda path, arrays: np.savez(path, **arrays),  # type: ignore[arg-type]
    "compressed.npz": lambda path, arrays: np.savez_compressed(path, **arrays),  # type: ignore[arg-type]
    "w.safetensors": lambda path, arrays: save_file(arrays, path),
    "w.pt": lambda path, arrays: torch.save(tensors(arrays), path),
    "W.PTH": lambda path, arrays: torch.save(tensors(arrays), path),
    "legacy.pt": lambda path, arrays: torch.save(
        tensors(arrays), path, _use_new_zipfile_serialization=False
    ),
}

every_format = pytest.mark.parametrize("name", list(WRITERS))
every_kind = pytest.mark.parametrize("name", ["w.npz", "w.safetensors", "w.pt"])


def refusal(text: str) -> str:
    """Return what is said of a weight that cannot be read."""
    with pytest.raises(ParameterError) as refused:
        read_weight("--w", text)
    return str(refused.value)


@every_format
def test_arrays_are_read_by_their_keys(name: str) -> None:
    WRITERS[name](name, TWO)
    for key, expected in TWO.items():
        array = read_weight("--w", f"{name}::{key}")
        np.testing.assert_array_equal(array, expected)
        assert array.dtype == expected.dtype


@every_format
def test_the_only_array_needs_no_key(name: str) -> None:
    WRITERS[name](name, {"taps": TWO["conv.bias"]})
    assert read_weight("--w", name).tolist() == [0.5, -1]


@every_format
def test_shapes_are_told_by_key(name: str) -> None:
    WRITERS[name](name, TWO)
    weights = open_weights("--w", name)
    assert weights.shapes() == {"conv.weight": (2, 3, 2, 2), "conv.bias": (2,)}
    assert set(weights.keys()) == set(TWO)


def test_an_npy_file_has_one_array_without_a_key() -> None:
    np.save("w.npy", TWO["conv.bias"])
    assert read_weight("--w", "w.npy").tolist() == [0.5, -1]
    assert open_weights("--w", "w.npy").shapes() == {"": (2,)}
    assert refusal("w.npy::a") == "--w w.npy::a: holds one array, without a key"


@pytest.mark.parametrize("dtype", ["?", "u1", "i8", "f2", "f4", "f8"])
@every_kind
def test_numbers_of_every_type_are_read(name: str, dtype: str) -> None:
    expected = np.array([1, 0, 1], dtype=dtype)
    WRITERS[name](name, {"a": expected})
    array = read_weight("--w", name)
    assert array.dtype == expected.dtype
    assert array.tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("dtype", "third"), [("bfloat16", 0.333984375), ("float8_e4m3fn", 0.34375)]
)
@pytest.mark.parametrize("name", ["w.safetensors", "w.pt"])
def test_types_that_numpy_has_not_come_as_float32(name: str, dtype: str, third: float) -> None:
    tensor = torch.tensor([1 / 3, -2.0]).to(getattr(torch, dtype))
    if name.endswith(".pt"):
        torch.save(tensor, name)
    else:
        save_tensors({"a": tensor}, name)
    array = read_weight("--w", name)
    assert array.dtype == np.float32
    assert array.tolist() == [third, -2.0]


def test_a_bare_tensor_is_the_only_array() -> None:
    torch.save(torch.tensor([1.0, 2]), "w.pt")
    assert read_weight("--w", "w.pt").tolist() == [1, 2]


def test_keys_of_nested_dicts_are_joined_by_dots() -> None:
    torch.save({"model": {"conv": {"weight": torch.ones(2)}}, "epoch": 3}, "w.pt")
    assert open_weights("--w", "w.pt").shapes() == {"model.conv.weight": (2,)}


def test_a_state_dict_is_taken_for_the_whole_checkpoint() -> None:
    state = collections.OrderedDict(weight=torch.ones(2))
    torch.save({"state_dict": state, "epoch": 3, "momentum": torch.ones(9)}, "w.pt")
    assert open_weights("--w", "w.pt").shapes() == {"weight": (2,)}


def test_parameters_that_want_gradients_are_read() -> None:
    torch.save(torch.nn.Conv2d(1, 2, 3).state_dict(keep_vars=True), "w.pt")
    assert read_weight("--w", "w.pt::weight").shape == (2, 1, 3, 3)


def test_a_dict_within_itself_is_read_once() -> None:
    loop: dict[str, Any] = {"a": torch.ones(2)}
    loop["again"] = loop
    torch.save(loop, "w.pt")
    assert open_weights("--w", "w.pt").keys() == ("a",)


def save_nested(path: str, depth: int) -> None:
    """Write a tensor in so many dicts; a pickler of Python would overflow before it is done."""
    torch.save({"a": torch.ones(2)}, "flat.pt")
    with zipfile.ZipFile("flat.pt") as flat, zipfile.ZipFile(path, "w") as nested:
        for member in flat.namelist():
            data = flat.read(member)
            if member.endswith("data.pkl"):  # two bytes of protocol, what is pickled, a full stop
                inner = data[2:-1]
                data = b"%b%b%b%b." % (data[:2], b"}U\x01d" * depth, inner, b"s" * depth)
            nested.writestr(member, data)


@pytest.mark.parametrize("depth", [33, 1000, 100_000])
def test_dicts_nested_deep_are_refused_and_do_not_overflow(depth: int) -> None:
    save_nested("w.pt", depth)
    assert refusal("w.pt") == "--w w.pt: not a plain tensor file; convert to .safetensors"


def test_dicts_nested_thirty_deep_are_read() -> None:
    save_nested("w.pt", 30)
    assert open_weights("--w", "w.pt").keys() == (".".join(["d"] * 30 + ["a"]),)


@every_format
def test_several_arrays_without_a_key_are_listed(name: str) -> None:
    WRITERS[name](name, TWO)
    said = refusal(name)
    listed = {"conv.weight 2x3x2x2", "conv.bias 2"}
    head = f"--w {name}: it has several arrays; name one as FILE::KEY: "
    assert said.startswith(head)
    assert set(said.removeprefix(head).split(", ")) == listed


def test_a_missing_key_lists_eight_of_those_there_are() -> None:
    np.savez("w.npz", **{f"k{n}": np.zeros(n + 1) for n in range(11)}, one=np.array(1.0))  # type: ignore[arg-type]
    assert refusal("w.npz::weight") == (
        "--w w.npz::weight: it has no array weight; name one as FILE::KEY: k0 1, k1 2, k2 3, "
        "k3 4, k4 5, k5 6, k6 7, k7 8 and 4 more"
    )


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [((2, 3, 3, 3), "2x3x3x3"), ((2, 3), "2x3"), ((None, 4, None, None), "_x4x_x_")],
)
def test_an_unexpected_shape_is_told_with_the_expected_one(
    shape: tuple[int | None, ...], wanted: str
) -> None:
    np.savez("w.npz", **TWO)  # type: ignore[arg-type]
    with pytest.raises(ParameterError) as refused:
        read_weight("--w", "w.npz::conv.weight", shape)
    message = f"--w w.npz::conv.weight: has shape 2x3x2x2, expected {wanted}"
    assert str(refused.value) == message
    assert read_weight("--w", "w.npz::conv.weight", (2, None, 2, 2)).shape == (2, 3, 2, 2)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("w.npz::a", ("w.npz", "a")),
        ("w.PT::a.b", ("w.PT", "a.b")),
        ("d::e/w.npz", ("d::e/w.npz", None)),
        ("w.npz", ("w.npz", None)),
        ("w.txt::a", ("w.txt::a", None)),
    ],
)
def test_a_key_comes_after_two_colons(text: str, parts: tuple[str, str | None]) -> None:
    assert split_key(text) == parts


@pytest.mark.parametrize("text", ["sobel-h", "1 2; 3 4", "0.5", "w.txt", ".npy"])
def test_other_texts_are_no_files(text: str) -> None:
    assert not names_file(text)


def test_another_ending_is_refused() -> None:
    said = refusal("w.h5")
    assert said == "--w w.h5: is no .npy, .npz, .safetensors or .pt file"


@pytest.mark.parametrize("ending", ["npy", "npz", "safetensors", "pt", "pth"])
def test_only_regular_files_are_read(ending: str) -> None:
    assert refusal(f"none.{ending}") == f"--w none.{ending}: no such file"
    os.mkdir(f"d.{ending}")
    assert refusal(f"d.{ending}") == f"--w d.{ending}: is a folder"
    os.mkfifo(f"pipe.{ending}")
    assert refusal(f"pipe.{ending}") == f"--w pipe.{ending}: not a regular file"


def test_a_file_is_read_again_when_it_has_changed() -> None:
    np.savez("w.npz", a=np.ones(2))
    first = read_weight("--w", "w.npz")
    assert read_weight("--w", "w.npz") is first
    np.savez("w.npz", a=np.zeros(3))
    assert read_weight("--w", "w.npz").tolist() == [0, 0, 0]


@every_format
def test_what_was_read_cannot_be_changed_for_others(name: str) -> None:
    WRITERS[name](name, TWO)
    assert not read_weight("--w", f"{name}::conv.bias").flags.writeable


@pytest.mark.parametrize("value", [np.nan, np.inf])
@every_kind
def test_numbers_must_be_finite(name: str, value: float) -> None:
    WRITERS[name](name, {"a": np.array([1, value])})
    assert refusal(name) == f"--w {name}: must hold finite numbers"


@every_kind
def test_an_array_must_have_values(name: str) -> None:
    WRITERS[name](name, {"a": np.zeros((3, 0))})
    assert refusal(name) == f"--w {name}: array without values"


@pytest.mark.parametrize("name", ["w.npz", "w.pt"])
def test_complex_numbers_are_refused(name: str) -> None:
    WRITERS[name](name, {"a": np.ones(2, np.complex64)})
    assert refusal(name) == f"--w {name}: complex64 values are not supported"


# Files made to do harm.


class Evil:
    """Leaves a file behind when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("harm",)


def pickled(path: str) -> None:
    Path(path).write_bytes(pickle.dumps({"a": Evil()}))


def scripted(path: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(torch.nn.Conv2d(1, 1, 1)), path)


@pytest.mark.parametrize(
    "write",
    [
        pickled,
        scripted,
        lambda path: torch.save({"a": torch.ones(2), "b": Evil()}, path),
        lambda path: torch.save(
            {"a": torch.ones(2), "b": Evil()}, path, _use_new_zipfile_serialization=False
        ),
        lambda path: torch.save(torch.nn.ReLU(), path),
        lambda path: Path(path).write_bytes(b""),
        lambda path: Path(path).write_bytes(b"PK\x03\x04" + b"x" * 99),
        lambda path: Path(path).write_bytes(b"\x80\x02\x8a\x0a" + b"x" * 99),
        lambda path: torch.save({"epoch": 3}, path),
    ],
    ids=[
        "pickle",
        "script",
        "code",
        "legacy-code",
        "module",
        "empty",
        "zip",
        "legacy",
        "no-tensor",
    ],
)
def test_all_but_plain_tensors_are_refused_in_one_plain_line(
    write: Callable[[str], object], capfd: pytest.CaptureFixture[str]
) -> None:
    write("w.pt")
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert refusal("w.pt") == "--w w.pt: not a plain tensor file; convert to .safetensors"
    assert not os.path.exists("harm")
    assert capfd.readouterr() == ("", "")
    assert warned == []


def test_a_cut_torch_file_is_refused() -> None:
    torch.save({"a": torch.ones(1000)}, "whole.pt")
    data = Path("whole.pt").read_bytes()
    for cut in (10, 500, len(data) - 30):
        Path("w.pt").write_bytes(data[:cut])
        assert refusal("w.pt") == "--w w.pt: not a plain tensor file; convert to .safetensors"


def test_a_torch_file_that_unpacks_to_more_than_it_is_is_refused() -> None:
    """Which torch.save never writes, but torch.load reads."""
    torch.save({"a": torch.zeros(1 << 20)}, "plain.pt")
    with (
        zipfile.ZipFile("plain.pt") as old,
        zipfile.ZipFile("w.pt", "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.infolist():
            new.writestr(member.filename, old.read(member))
    assert torch.load("w.pt", weights_only=True)["a"].shape == (1 << 20,)
    assert refusal("w.pt") == "--w w.pt: not a plain tensor file; convert to .safetensors"


def test_a_small_storage_seen_as_a_huge_tensor_is_refused() -> None:
    torch.save(torch.zeros(1).expand(1 << 20, 1 << 20), "w.pt")
    assert refusal("w.pt") == "--w w.pt: more than 268435456 numbers in one array"


def npy_header(shape: tuple[int, ...], descr: str = "<f8") -> bytes:
    header = io.BytesIO()
    about = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, about)
    return header.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (npy_header((1 << 15, 1 << 15)), "truncated array"),
        (npy_header((1 << 15, 1 << 15))[:40], "not a .npy file"),
        (b"no array", "not a .npy file"),
        (npy_header((2,), "|O") + pickle.dumps(Evil()), "contains pickled objects, refused"),
    ],
)
def test_a_member_that_is_no_array_is_refused(content: bytes, reason: str) -> None:
    with zipfile.ZipFile("w.npz", "w") as archive:
        archive.writestr("a.npy", content)
    assert refusal("w.npz") == f"--w w.npz: {reason}"
    assert not os.path.exists("harm")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with (
        zipfile.ZipFile("w.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a.npy", "w") as member,
    ):
        member.write(npy_header((300 << 20,), "|u1"))
        for _ in range(300):
            member.write(bytes(1 << 20))
    assert os.path.getsize("w.npz") < 1 << 21
    began = time.perf_counter()
    assert refusal("w.npz") == "--w w.npz: more than 268435456 numbers in one array"
    assert time.perf_counter() - began < 1  # unpacking it would take longer


def test_one_of_twenty_thousand_members_is_found() -> None:
    taps = npy_header((1,)) + bytes(8)
    with zipfile.ZipFile("w.npz", "w") as archive:
        for number in range(20_000):
            archive.writestr(f"k{number}.npy", taps)
    assert read_weight("--w", "w.npz::k19999").tolist() == [0]
    assert refusal("w.npz::x").endswith("k7 1 and 19992 more")


def test_an_archive_without_members_is_refused() -> None:
    with zipfile.ZipFile("w.npz", "w"):
        pass
    assert refusal("w.npz") == "--w w.npz: holds no arrays"


DAMAGED = "damaged .safetensors file"


def safetensors(
    header: dict[str, Any] | bytes, data: bytes = b"", length: int | None = None
) -> None:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    start = struct.pack("<Q", len(text) if length is None else length)
    Path("w.safetensors").write_bytes(start + text + data)


def entry(
    start: int, end: int, shape: tuple[int, ...] = (2,), dtype: str = "F32"
) -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}


def test_a_plain_safetensors_file_is_read() -> None:
    safetensors({"a": entry(0, 8)}, struct.pack("<2f", 1, 2))
    assert read_weight("--w", "w.safetensors").tolist() == [1, 2]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"header": b"", "length": 1 << 62}, DAMAGED),
        ({"header": {"a": entry(0, 8)}, "data": bytes(8), "length": 1 << 20}, DAMAGED),
        ({"header": {"a": entry(0, 8)}, "data": bytes(4)},
         "a.data_offsets[1] 8: must be from 0 to 4"),
        ({"header": {"a": entry(0, 8)}, "data": bytes(800)}, DAMAGED),
        ({"header": {"a": entry(8, 0)}, "data": bytes(8)}, DAMAGED),
        ({"header": {"a": entry(0, 8), "b": entry(4, 12)}, "data": bytes(12)}, DAMAGED),
        ({"header": {"a": entry(0, 8, (1 << 31, 1 << 33))}, "data": bytes(8)}, DAMAGED),
        ({"header": {"a": entry(0, 8, (10**400,))}, "data": bytes(8)},
         "a.shape[0]: must be a number of at most 19 digits"),
        ({"header": {"a": entry(-8, 8)}, "data": bytes(8)},
         "a.data_offsets[0] -8: must be from 0 to 8"),
        ({"header": {"a": entry(0, 8, (2,), "F99")}, "data": bytes(8)}, DAMAGED),
        ({"header": {"a": {"dtype": 3}}}, "a.dtype 3: must be text"),
        ({"header": {"a": {"x": 3}}},
         'a: unknown field "x"; there are dtype, shape, data_offsets'),
        ({"header": {"a\0": entry(0, 8)}, "data": bytes(8)},
         '["a\\u0000"]: must be text without NUL'),
        ({"header": b'{"a": 1, "a": 2}'}, 'has "a" twice'),
        ({"header": b"{" * 5000}, "line 1, column 2: is no JSON"),
        ({"header": b"[" * 100_000}, "is nested deeper than 32"),
        ({"header": b"not json"}, "line 1, column 1: is no JSON"),
    ],
)  # fmt: skip
def test_a_hostile_safetensors_file_is_refused(settings: dict[str, Any], why: str) -> None:
    safetensors(**settings)
    assert refusal("w.safetensors") == f"--w w.safetensors: {why}"


def test_an_empty_safetensors_file_is_refused() -> None:
    Path("w.safetensors").write_bytes(b"")
    assert refusal("w.safetensors") == "--w w.safetensors: damaged .safetensors file"


def test_safetensors_are_read_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    save_file({"a": np.array([1.0, 2.0])}, "w.safetensors")
    monkeypatch.setitem(sys.modules, "safetensors", None)
    assert read_weight("--w", "w.safetensors").tolist() == [1, 2]


@pytest.mark.parametrize(
    "dtype", ["float64", "float16", "bfloat16", "int8", "uint8", "int64", "bool", "float8_e5m2"]
)
def test_every_type_of_safetensors_is_what_its_package_reads(dtype: str) -> None:
    values = torch.tensor([[0, 1, 2], [0, 1, 1]]).to(getattr(torch, dtype))
    save_tensors({"b": values[0].clone(), "a": values}, "w.safetensors")
    found = read_weight("--w", "w.safetensors::a")
    np.testing.assert_array_equal(found.astype(float), values.float().numpy())


#: What a file of weights says that is nearly empty.
EMPTY = "nearly empty, and takes far more memory than its bytes"


def test_weights_of_holes_are_refused() -> None:
    """A gigabyte on the disk that takes four kilobytes there, in every container."""
    side, size = 1 << 14, 1 << 30
    np.lib.format.open_memmap("w.npy", "w+", "<f4", (1, 1, side, side)).flush()
    header = json.dumps({"a": entry(0, size, (1, 1, side, side))}).encode()
    with open("w.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        file.truncate(8 + len(header) + size)
    for name in ("w.npy", "w.safetensors"):
        assert refusal(name) == f"--w {name}: {EMPTY}"


def test_weights_that_are_mostly_packed_are_refused() -> None:
    Path("w.npz").write_bytes(zero_archive(256, "(1, 1, 16384, 16384)"))
    assert refusal("w.npz") == f"--w w.npz: {EMPTY}"


def test_no_file_of_weights_stays_mapped() -> None:
    """One that is mapped ends the process when somebody cuts it."""
    array = np.ones((3, 3), np.float32)
    np.save("w.npy", array)
    np.savez("w.npz", a=array)
    save_file({"a": array}, "w.safetensors")
    torch.save({"a": torch.from_numpy(array)}, "w.pt")
    kept = [read_weight("--w", name) for name in ("w.npy", "w.npz", "w.safetensors", "w.pt")]
    assert all(weight.sum() == 9 for weight in kept)
    assert "/w." not in Path("/proc/self/maps").read_text()
