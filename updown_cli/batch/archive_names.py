"""`-o FILE.npz` of several inputs: one archive, in which every result has a name."""

from __future__ import annotations

from dataclasses import dataclass

from updown_cli.errors import UsageError
from updown_cli.files.formats import ARCHIVE_ENDING, ending
from updown_cli.op.array_names import SEPARATOR
from updown_cli.stores.tar_names import UNREAD_ENDINGS, shard_ending

#: What results are called: as files in a folder would be, without their ending.
MEMBER = "{rel}/{stem}"

# Endings of archives, and of files that were packed, which results do not become.
NOT_WRITTEN = (".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".zst", *UNREAD_ENDINGS)


@dataclass(frozen=True)
class ArchiveName:
    """An archive, and the template of the names in it."""

    path: str
    member: str = MEMBER

    def target(self, member: str) -> str:
        """Return how a result in it is called, and read."""
        return f"{self.path}{SEPARATOR}{member}"


def archive_named(output: str | None, *, several: bool) -> ArchiveName | None:
    """Return the archive that takes all results, None if each has a file of its own.

    `FILE.npz` is one of several inputs, `FILE.npz::TEMPLATE` of any number.
    """
    path, separator, member = (output or "").rpartition(SEPARATOR)
    if separator and ending(path) == ARCHIVE_ENDING:
        if "{" in path or not member:
            reason = "one archive takes all results" if member else "names no array"
            hint = f"fields stand after its name, as in FILE.npz{SEPARATOR}{MEMBER}"
            raise UsageError(reason, subject=f"-o {output}", hint=hint)
        return ArchiveName(path, member)
    if output and several and "{" not in output and ending(output) == ARCHIVE_ENDING:
        return ArchiveName(output)
    return None


def check_no_archive(output: str) -> None:
    """Raise UsageError for what looks like an archive of a kind that is not written."""
    if output.lower().endswith(NOT_WRITTEN) and not shard_ending(output):
        raise UsageError(
            "no archive of this kind is written",
            subject=f"-o {output}",
            hint=f"write .npz, .tar or .tar.gz, or give {output}/ for a folder",
        )
