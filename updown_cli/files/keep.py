"""Which kinds of metadata are kept."""

from __future__ import annotations

from updown_cli.errors import UsageError

#: What `--keep` names.
KINDS = ("icc", "exif", "xmp", "dpi", "comment", "text")


def check_keep(text: str) -> frozenset[str]:
    """Return the kinds that `--keep` names; raise UsageError for one that there is not."""
    if text in ("all", "none"):
        return frozenset(KINDS if text == "all" else ())
    kinds = frozenset(text.split(","))
    if kinds - set(KINDS):
        raise UsageError(
            f"must be all, none, or some of {','.join(KINDS)}", subject=f"--keep {text}"
        )
    return kinds
