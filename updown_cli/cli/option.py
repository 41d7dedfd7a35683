"""How the options of a command are declared: as fields of a frozen dataclass.

The parameters of Click are made from them, and what Click parses goes back into them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

import click

from updown_cli.cli.click_types import ClickParamType, FilePath, ParsedText
from updown_cli.op.param_types import ParamType

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    Offers = tuple[str, ...] | Callable[[], tuple[str, ...]]
    Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem[Any]]]
    Kind = ParamType | click.ParamType[Any] | Callable[[str], Any]

T = TypeVar("T")

#: The path of a file or folder, which need not be there.
PATH = FilePath(readable=False)

# Keys of a field's metadata: what makes its parameter, or its class and title if it is a group.
MAKE, GROUP = "make", "group"


def option(
    *names: str,
    help: str,  # noqa: A002
    kind: Kind | None = None,
    metavar: str | None = None,
    default: Any = None,
    multiple: bool = False,
    count: int = 1,
    required: bool = False,
    everywhere: bool = False,
    offers: Offers = (),
    complete: Complete | None = None,
) -> Any:
    """Declare an option that takes a value, or `count` of them; without a kind that is text.

    A shell `offers` some, or what `complete` returns.
    One that is the same `everywhere` can come from the environment for all commands at once:
    UPDOWN_DEVICE.
    """

    def make(name: str) -> click.Parameter:
        return click.Option(
            [*names, name],
            type=_click_type(kind),
            metavar=metavar or _metavar(kind),
            multiple=multiple,
            nargs=count,
            required=required,
            envvar=_variable(names[0]) if everywhere else None,
            help=help,
            shell_complete=partial(offered, offers) if offers else complete,
            **_default(default),
        )

    return field(metadata={MAKE: make})


def flag(
    *names: str,
    help: str,  # noqa: A002
    default: bool = False,
    on_use: Callable[[], None] | None = None,
    everywhere: bool = False,
) -> Any:
    """Declare an option without a value, or a pair `--this/--no-this`.

    `on_use` is called, before all else is looked at, when it is given.
    """

    def make(name: str) -> click.Parameter:
        return click.Option(
            [*names, name],
            is_flag=True,
            is_eager=on_use is not None,
            callback=on_use and partial(_call_if_given, on_use),
            envvar=_variable(names[0]) if everywhere else None,
            help=help,
            **_default(default or None),
        )

    return field(metadata={MAKE: make})


@dataclass_transform(frozen_default=True, kw_only_default=True)
def option_class(cls: type[T]) -> type[T]:
    """Make a frozen dataclass of declared options, without methods that nobody calls.

    Making those that compare and print took as long as all else of a class.
    """
    return dataclass(frozen=True, kw_only=True, eq=False, repr=False)(cls)


#: An option of many commands, and one without a value.
shared_option, shared_flag = partial(option, everywhere=True), partial(flag, everywhere=True)


def argument(
    metavar: str | None = None,
    kind: Kind | None = PATH,
    *,
    many: bool = False,
    required: bool = True,
    complete: Complete | None = None,
) -> Any:
    """Declare what is given without a name; a shell is offered what `complete` returns."""

    def make(name: str) -> click.Parameter:
        return click.Argument(
            [name],
            type=_click_type(kind),
            metavar=metavar or _metavar(kind),
            nargs=-1 if many else 1,
            required=required,
            shell_complete=complete,
        )

    return field(metadata={MAKE: make})


def group(options: type[T], title: str = "") -> T:
    """Declare options that belong together, under a title of their own in the help."""
    declared: Any = field(metadata={GROUP: (options, title)})
    found: T = declared
    return found


def params_of(options: type[Any]) -> list[click.Parameter]:
    """Return the parameters of Click for a class of options, in order."""
    found: list[click.Parameter] = []
    for declared in fields(options):
        if GROUP in declared.metadata:
            found += params_of(declared.metadata[GROUP][0])
        else:
            found.append(declared.metadata[MAKE](declared.name))
    return found


def titled_groups(options: type[Any]) -> dict[str, type[Any]]:
    """Return the groups that have a title, by title."""
    groups = [
        declared.metadata[GROUP] for declared in fields(options) if GROUP in declared.metadata
    ]
    found: dict[str, type[Any]] = {}
    for inner, title in groups:
        found |= {title: inner} if title else titled_groups(inner)
    return found


def options_from(options: type[T], values: Mapping[str, Any]) -> T:
    """Return the options with the values that Click has parsed."""
    given = {
        declared.name: options_from(declared.metadata[GROUP][0], values)
        if GROUP in declared.metadata
        else values[declared.name]
        for declared in fields(options)  # type: ignore[arg-type]
    }
    return options(**given)


def _call_if_given(
    act: Callable[[], None], context: click.Context, parameter: click.Parameter, given: bool
) -> bool:
    if given:
        act()
    return given


def offered(
    offers: Offers, context: click.Context, parameter: click.Parameter, word: str
) -> list[str]:
    """Return what begins like a word; of words between commas only the last one counts."""
    before, comma, last = word.rpartition(",")
    found = offers if isinstance(offers, tuple) else offers()
    return [before + comma + offer for offer in found if offer.startswith(last)]


def _default(value: Any) -> dict[str, Any]:
    """Return what Click is told of a default: nothing at all if there is none."""
    return {} if value is None else {"default": value, "show_default": True}


def _metavar(kind: Kind | None) -> str | None:
    return kind.metavar if isinstance(kind, ParamType) else None


def _click_type(kind: Kind | None) -> click.ParamType[Any] | None:
    if kind is None or isinstance(kind, click.ParamType):
        return kind
    return ClickParamType(kind) if isinstance(kind, ParamType) else ParsedText(kind)


def _variable(name: str) -> str:
    return "UPDOWN_" + name.split("/")[0].removeprefix("--").replace("-", "_").upper()
