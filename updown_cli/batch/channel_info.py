"""What the engine must know of a picture's channels, as a run's options take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.engine.alpha import ChannelInfo
from updown_cli.errors import InputError

if TYPE_CHECKING:
    from updown_cli.batch.settings import Settings
    from updown_cli.files.picture import Picture
    from updown_cli.pipeline.pipeline import Pipeline


def channel_info_of(picture: Picture, pipeline: Pipeline, settings: Settings) -> ChannelInfo:
    """Return what the channels mean; raise InputError for what the options do not fit."""
    if settings.linear_light and picture.colour not in ("L", "RGB"):
        raise InputError(f"{picture.colour or 'an array'} has no sRGB values to decode")
    weighs = settings.reading.alpha == "premultiply"
    if picture.alpha and weighs and (trouble := pipeline.why_no_alpha()):
        raise InputError(
            trouble,
            hint="use --alpha drop, or straight to take it for a colour",
        )
    return ChannelInfo(
        white=picture.white,
        alpha=picture.alpha,
        weighs=weighs,
        linear_light=settings.linear_light and not pipeline.selects_values(),
    )
