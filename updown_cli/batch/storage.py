"""How the results of a run are stored, worked out once for all pictures of a kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from updown_cli.batch.channel_info import channel_info_of
from updown_cli.batch.settings import Settings
from updown_cli.batch.stored_as import stored_as
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.quantize import Quantization
from updown_cli.op.kept import Kept
from updown_cli.pipeline.pipeline import Pipeline

if TYPE_CHECKING:
    from updown_cli.files.picture import Picture

    Stored = tuple[Quantization, ChannelInfo]

# Bytes of what is kept, and of one kind: two small objects.
MOST_BYTES, OF_A_KIND = 1 << 16, 1 << 10


@dataclass(frozen=True)
class Storage:
    """How pictures of every kind that has come are stored, and what their channels mean."""

    pipeline: Pipeline
    settings: Settings
    kept: Kept[Stored] = field(default_factory=lambda: Kept(MOST_BYTES))

    def of(self, picture: Picture, suffix: str, pipeline: Pipeline) -> Stored:
        """Return it for the result of a pipeline, in a file with this ending; raise InputError.

        `pipeline` may be one that a file has told something of one picture: it is asked anew.
        """

        def made() -> Stored:
            quantization = stored_as(self.settings, picture, suffix, pipeline.ops)
            return quantization, channel_info_of(picture, self.pipeline, self.settings)

        if pipeline is not self.pipeline:
            return made()
        kind = picture.pixels.dtype, picture.colour, picture.alpha, suffix
        return self.kept.get(kind, made, lambda _: OF_A_KIND)
