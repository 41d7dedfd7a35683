"""A kind of thing that updown reads: healthy ones, what is done with them, what may come of it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.mutations import MUTATIONS, Mutation, mutant
from tests.sentences import CODES, LONGEST, faults
from updown_cli.cli.printing import printable
from updown_cli.errors import InputError, UpdownError, UsageError

#: Takes a mutant's path and number; returns what is wrong with the outcome, "" if nothing.
Act = Callable[[str, int], str]

#: Codes of what the command line says, beside those of files.
USAGE_CODES = {"usage", "bad_parameter"}


@dataclass(frozen=True)
class Kind:
    """What may come of a mutant is a closed list: nothing, or one of the `refusals`."""

    ending: str
    files: Callable[[], list[bytes]]
    acts: tuple[Act, ...]
    refusals: tuple[type[Exception], ...] = (InputError, UsageError)
    mutations: Sequence[Mutation] = MUTATIONS

    def mutant(self, files: list[bytes], number: int) -> bytes:
        """Return the mutant of this number."""
        return mutant(files, number, self.mutations)

    def faults_of(self, path: str, number: int) -> Iterator[str]:
        """Yield what is wrong with the ways in which a mutant is read."""
        for act in self.acts:
            try:
                fault = act(path, number)
            except self.refusals as error:
                yield from (f"{act.__name__}: {error}: {fault}" for fault in _faults_in(error))
            except Exception as error:
                yield f"{act.__name__}: {type(error).__name__}: {error} ({_place_of(error)})"
            else:
                if fault:
                    yield f"{act.__name__}: {fault}"


def _faults_in(error: Exception) -> list[str]:
    """Return what is wrong with a refusal: its sentence, its length, its code."""
    if not isinstance(error, UpdownError):
        return []
    found = faults(printable("; ".join(filter(None, (error.reason, error.hint)))))
    if len(printable(str(error))) > LONGEST:
        found.append("too long with its subject")
    if error.code not in CODES | USAGE_CODES:
        found.append(f"code {error.code}")
    return found


def _place_of(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in place if "updown_cli" in frame.filename] or list(place)
    return f"{Path(own[-1].filename).name}:{own[-1].lineno} {own[-1].name}"
