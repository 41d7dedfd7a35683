"""What a parameter may be, as Click wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from updown_cli.errors import ParameterError
from updown_cli.op.param_types import Choice, ParamType, Text

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class ClickParamType(click.ParamType[Any]):
    """A parameter's kind as Click wants it."""

    def __init__(self, kind: ParamType) -> None:
        self.kind = kind
        self.name = kind.metavar

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read and check what the user typed."""
        if not isinstance(value, str):
            return value
        try:
            parsed = self.kind.parse(value)
            self.kind.check(parsed)
        except ValueError as error:
            option = param.opts[0] if param else ""
            raise ParameterError(str(error), subject=f"{option} {value}") from None
        return parsed

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the words of a choice, or files."""
        from click.shell_completion import CompletionItem

        if isinstance(self.kind, Text):
            return [CompletionItem(incomplete, type="file")]
        names = self.kind.names if isinstance(self.kind, Choice) else ()
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


class ParsedText(click.ParamType[Any]):
    """Text that a function reads; it raises UsageError for what it cannot."""

    name = "text"

    def __init__(self, parse: Callable[[str], Any]) -> None:
        self.parse = parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read what the user typed."""
        return self.parse(value) if isinstance(value, str) else value


class FilePath(click.Path):
    """A path, which is not empty, as that of a shell's variable without a value is."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if value == "" and param is not None:
            named = [name for name in param.opts if name.startswith("--")]
            raise ParameterError(
                "is empty", subject=named[0] if named else param.human_readable_name
            )
        return super().convert(value, param, ctx)
