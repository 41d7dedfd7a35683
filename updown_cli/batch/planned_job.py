"""One image of a run: where it is, and where everything that it makes goes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

from updown_cli.batch.inputs import Source
from updown_cli.batch.naming import STDOUT
from updown_cli.batch.side_files import SideFile
from updown_cli.errors import InputError
from updown_cli.stores.spelling import without_secrets
from updown_cli.stores.tar_members import Place, tar_members

# A stage inside an operation as numbers, and as the picture that it may be.
STAGE_ENDINGS = (".npy", ".png")


IN_ITS_PLACE: contextlib.AbstractContextManager[None] = contextlib.nullcontext()


@dataclass(frozen=True, slots=True)
class Job:
    """One source, the file that its result becomes, and the files that go with it.

    `told` is a file that tells a step something of this source. `writes` are the files of what
    steps leave, `steps` those of the results of all steps but the last, `stages` those of the
    stages inside operations, without ending. The target
    in an `archive` is FILE.npz::NAME. A source of which planning knows the `refusal` has no
    target. What `is_shard` has members that are images; a member is at a `place`. A shard
    that is made of files has these as `members`. What `replaces`
    files is to finish what another run began.
    """

    source: Source
    target: str
    told: str | None = None
    writes: tuple[SideFile, ...] = ()
    makes_folders: bool = False
    frame: int | None = None
    steps: tuple[str, ...] = ()
    stages: tuple[SideFile, ...] = ()
    refusal: InputError | None = field(default=None, compare=False)
    replaces: bool = False
    archive: str = ""
    is_shard: bool = False
    place: Place | None = None
    members: tuple[Source, ...] = ()

    @property
    def told_names(self) -> tuple[str, str]:
        """The source and the result as reports tell them."""
        return without_secrets(self.source.path), without_secrets(self.target)

    @property
    def found(self) -> contextlib.AbstractContextManager[None]:
        """A context in which the source is found where it is."""
        if self.place is None:
            return IN_ITS_PLACE
        return tar_members().placed(self.source.path, self.place)

    @property
    def others(self) -> bool:
        """Whether it writes more than one file."""
        return bool(self.writes or self.steps or self.stages)

    @property
    def outputs(self) -> list[str]:
        """Every file that this job may write; the result is the first."""
        return self._files(STAGE_ENDINGS)

    @property
    def files(self) -> list[str]:
        """Every file that this job may write, or a part of it."""
        return [self.archive] if self.archive else self.outputs

    @property
    def always_written(self) -> list[str]:
        """Every file that is there when this job is done: not all stages are pictures."""
        return self._files(STAGE_ENDINGS[:1])

    def _files(self, stage_endings: tuple[str, ...]) -> list[str]:
        if not self.others:
            return [self.target] if self.target and self.target != STDOUT else []
        stages = [stage.path + suffix for stage in self.stages for suffix in stage_endings]
        written = (side.path for side in self.writes)
        paths = (self.target, *written, *self.steps, *stages)
        return [path for path in paths if path and path != STDOUT]
