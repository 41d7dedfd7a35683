"""Hidden folders in which the parts of shards lie, one beside all shards of a folder."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field

from updown_cli.batch.naming import STDOUT
from updown_cli.batch.planned_job import Job
from updown_cli.stores.hidden_folder import HiddenFolder
from updown_cli.stores.names import store_of
from updown_cli.stores.save import folders_for
from updown_cli.stores.spelling import folder_of


@dataclass
class _Used:
    """A hidden folder, how many shards are being made in it, and whether one has got its name."""

    path: str
    stack: contextlib.ExitStack
    users: int = 0
    is_needed: bool = False


@dataclass
class WorkFolders:
    """The folders of the shards that are being made; as a context, removes them all."""

    _used: dict[str, _Used] = field(default_factory=dict)

    def __enter__(self) -> WorkFolders:
        return self

    def __exit__(self, *_: object) -> None:
        for used in self._used.values():
            _close(used)

    def enter(self, job: Job) -> str:
        """Return the hidden folder for the parts of a shard; raise SurroundingsError."""
        key = folder_of(job.target)
        if key not in self._used:
            with contextlib.ExitStack() as stack:
                stack.enter_context(folders_for(job.outputs if job.makes_folders else []))
                folder = stack.enter_context(HiddenFolder(_beside(job.target)))
                self._used[key] = _Used(folder.path, stack.pop_all())
        self._used[key].users += 1
        return self._used[key].path

    def leave(self, job: Job, *, is_made: bool) -> None:
        """Remove the folder if no other shard needs it; what was made for none goes as well."""
        used = self._used[folder_of(job.target)]
        used.users -= 1
        used.is_needed = used.is_needed or is_made
        if not used.users:
            del self._used[folder_of(job.target)]
            _close(used)


def _close(used: _Used) -> None:
    """Remove a hidden folder, and what was made for it if no shard has got its name."""
    if used.is_needed:
        used.stack.close()
        return
    error = InterruptedError()
    with contextlib.suppress(InterruptedError):
        used.stack.__exit__(InterruptedError, error, None)


def _beside(target: str) -> str:
    if target == STDOUT:
        import tempfile

        return os.path.join(tempfile.gettempdir(), "stdout.tar")
    return store_of(target).path_beside(target)
