"""What is done to a healthy file to make a mutant of it, by the dice of its number."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Sequence

#: Numbers that programs trip over.
MAGIC = (0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000,
         0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF)  # fmt: skip

Mutation = Callable[[bytearray, random.Random, list[bytes]], None]


def flip(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Flip a bit."""
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def put(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Set a byte."""
    data[dice.randrange(len(data))] = dice.choice((0, 0xFF, dice.randrange(256)))


def insert(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Insert some bytes."""
    place = dice.randrange(len(data))
    data[place:place] = dice.randbytes(dice.choice((1, 2, 4, 16)))


def delete(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Take some bytes away."""
    place = dice.randrange(len(data))
    del data[place : place + dice.choice((1, 2, 4, 16))]


def repeat(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Copy a block to another place."""
    start = dice.randrange(len(data))
    place = dice.randrange(len(data))
    data[place:place] = data[start : start + dice.randrange(1, 64)]


def shorten(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Cut the end off."""
    del data[dice.randrange(1, len(data) + 1) :]


def splice(data: bytearray, dice: random.Random, others: list[bytes]) -> None:
    """Go on as another file of the format."""
    other = dice.choice(others)
    place = dice.randrange(1, len(data) + 1)
    data[place:] = other[min(place, len(other)) :]


def number(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Write a number that programs trip over."""
    order, form = dice.choice("<>"), dice.choice("BHIQ")
    size = struct.calcsize(form)
    place = dice.randrange(len(data))
    mask = (1 << 8 * size) - 1
    data[place : place + size] = struct.pack(order + form, dice.choice(MAGIC) & mask)


MUTATIONS: tuple[Mutation, ...] = (flip, put, insert, delete, repeat, shorten, splice, number)


def mutant(files: list[bytes], seed: int, mutations: Sequence[Mutation] = MUTATIONS) -> bytes:
    """Return the mutant of this number."""
    dice = random.Random(seed)
    data = bytearray(dice.choice(files))
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        if data:
            dice.choice(mutations)(data, dice, files)
    return bytes(data)
