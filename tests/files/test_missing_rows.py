"""Damage that is accepted by some threads while others refuse it."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image, ImageFile

from tests.conftest import noise
from updown_cli.errors import InputError
from updown_cli.files.missing_rows import take_what_there_is
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading

ROUNDS = 120


def half_of(fmt: str) -> bytes:
    """Return the first half of a file of noise."""
    file = io.BytesIO()
    Image.fromarray(noise(120, 160, 3)).save(file, fmt)
    return file.getvalue()[: file.tell() // 2]


@pytest.mark.parametrize("fmt", ["PNG", "JPEG"])
def test_threads_accept_and_refuse_damage_each_for_itself(fmt: str) -> None:
    data = half_of(fmt)

    def outcome(number: int) -> str:
        try:
            picture = read_bytes(data, Reading(accept_damaged=number % 2 == 0))
        except InputError as error:
            return str(error)
        return picture.remarks[0]

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(outcome, range(ROUNDS)))
    refused = f"truncated {fmt}"
    assert told == [f"{refused}, read as far as it goes", refused] * (ROUNDS // 2)


def test_a_thread_that_accepts_damage_changes_no_other() -> None:
    seen = []
    with take_what_there_is():
        assert ImageFile.LOAD_TRUNCATED_IMAGES
        other = threading.Thread(target=lambda: seen.append(bool(ImageFile.LOAD_TRUNCATED_IMAGES)))
        other.start()
        other.join()
    assert (seen, bool(ImageFile.LOAD_TRUNCATED_IMAGES)) == ([False], False)
