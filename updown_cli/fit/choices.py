"""What can be chosen of a fit, for the command line, which loads nothing heavy."""

from __future__ import annotations

#: The ways to fit; the first one chooses.
METHODS = ("auto", "exact", "adam")

#: What is done with values at the ends of the range, which may have been cut off, and with results
#: at the edges, where windows reach over them.
DROP_OR_KEEP = ("drop", "keep")
