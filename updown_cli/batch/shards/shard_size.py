"""How much goes into a shard that is made of files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShardSize:
    """Samples at most, and bytes of their files; what nobody says is as webdataset has it."""

    samples: int = 100_000
    bytes: int = 3_000_000_000
