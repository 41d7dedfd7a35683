"""Where the sliders of a page stand at first, and what is said where that is not as typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import UpdownError, UsageError
from updown_cli.explain.page_model import PageModel, control_of
from updown_cli.op.parameter import as_typed

if TYPE_CHECKING:
    from updown_cli.explain.variations import Varied


@dataclass(frozen=True)
class Slider:
    """What varies, what it is called on the page, and the value that the command line asks for."""

    varied: Varied
    name: str
    own: Any

    @property
    def at(self) -> int | None:
        """Which value it stands at, if it can be that of the command line."""
        return self.varied.number_of(self.own)

    def note(self, start: int) -> str:
        """Return what to say of a value that the slider has not."""
        own = self.own
        if isinstance(own, tuple) and len(set(own)) == 1:
            own = own[:1]
        texts = self.varied.texts
        return (
            f"{self.name} is {as_typed(own)} without --vary, which is not among "
            f"{', '.join(texts)}: the page starts at {texts[start]}."
        )


def controls_at_start(
    model: PageModel, sliders: Sequence[Slider], refusal: Callable[[], UsageError]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the controls, at what is asked for or the nearest possible state, and what to say.

    Raises `refusal` where no state is possible.
    """
    counts = [len(slider.varied.values) for slider in sliders]
    start = model.nearest_possible([slider.at or 0 for slider in sliders], counts)
    if start is None:
        raise refusal()
    pairs = [*zip(sliders, start, strict=True)]
    controls = [control_of(slider.varied, slider.name, at) for slider, at in pairs]
    return controls, [slider.note(at) for slider, at in pairs if slider.at is None]


def none_possible(
    vary: Sequence[str], told: str, given: str | None, fitting: Callable[[], object] | None
) -> UsageError:
    """Return the refusal of a page without a possible state.

    `told` is what is wrong with its first state; `fitting` finds sides that this would do with, if
    it is the input that it does not fit.
    """
    subject = f"--vary {vary[0]}" if len(vary) == 1 else "--vary"
    if fitting is None:
        return UsageError(f"no value is possible: {told}", subject=subject)
    try:
        hint = f"say --input {fitting()}"
    except UpdownError:
        hint = "give another --input"
    return UsageError(f"no value is possible for the input {given}", subject=subject, hint=hint)
