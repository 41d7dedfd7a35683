"""How tar shards and what is in them are called: `train-000.tar`, `train-000.tar::0001.jpg`."""

from __future__ import annotations

from updown_cli.stores.spelling import CHAIN

#: Endings of tar files; those of compressed ones hold the first.
COMPRESSED = (".tar.gz", ".tgz")
ENDINGS = (".tar", *COMPRESSED)

# Endings of tar files that something has compressed which is not read.
UNREAD_ENDINGS = (".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".tar.lz4")

#: What helps where a file is compressed by something else.
REPACK = "unpack it; shards are .tar or .tar.gz"


def shard_ending(name: str) -> str:
    """Return the ending by which a name is a shard's, as written; nothing of another."""
    lower = name.lower()
    ending = next((ending for ending in ENDINGS if lower.endswith(ending)), "")
    return name[len(name) - len(ending) :]


def is_compressed(name: str) -> bool:
    """Whether a shard's name says that it is compressed."""
    return name.lower().endswith(COMPRESSED)


def is_unread_shard(name: str) -> bool:
    """Whether a name is that of a tar file of a kind that is not read."""
    return name.lower().endswith(UNREAD_ENDINGS)


def split_shard(name: str) -> tuple[str, str] | None:
    """Return (shard, member) of the name of a member; None of any other name."""
    start = 0
    while (at := name.find(CHAIN, start)) >= 0:
        if shard_ending(name[:at]):
            return name[:at], name[at + len(CHAIN) :]
        start = at + 1
    return None
