"""What can be chosen of how files are treated."""

from __future__ import annotations

IF_EXISTS = ("error", "skip", "update", "overwrite", "rename")

#: What can happen to a file that is in the place of the only result.
IF_ONLY_EXISTS = ("error", "overwrite")

ALPHAS = ("premultiply", "straight", "drop")
