"""The options of inputs: files, folders, lists, and which of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from updown_cli.cli import common_options, option_values
from updown_cli.cli.option import PATH, option_class, shared_flag, shared_option
from updown_cli.errors import UsageError

if TYPE_CHECKING:
    from updown_cli.batch.inputs import Selection


@option_class
class Folders:
    """Which files of folders are inputs."""

    recurse: bool = shared_flag("--recurse", "-r", help="Go into the folders of a folder.")
    include: tuple[str, ...] = shared_option(
        "--include",
        multiple=True,
        metavar="GLOB",
        help="Of folders and globs take only names or relative paths that match; repeatable.",
    )
    exclude: tuple[str, ...] = shared_option(
        "--exclude",
        multiple=True,
        metavar="GLOB",
        help="Of folders and globs leave out names or relative paths that match; repeatable.",
    )

    def selection(self, paths: tuple[str, ...] = ()) -> Selection:
        """Return which files are inputs."""
        from updown_cli.batch.inputs import Selection

        return Selection(
            paths=paths, recurse=self.recurse, include=self.include, exclude=self.exclude
        )


@option_class
class FoldersAndLists(Folders):
    """Which files are inputs, of folders and of lists of names."""

    files_from: str | None = shared_option(
        "--files-from",
        kind=PATH,
        metavar="FILE|-",
        help="Read names of inputs from a file, one a line.",
    )
    null: bool = shared_flag("--null", "-0", help="The names in --files-from end in NUL bytes.")
    root: str | None = shared_option(
        "--root",
        kind=PATH,
        metavar="DIR",
        help="Keep in a folder of results the paths of --files-from as they are below DIR.",
    )
    allow_empty: bool = shared_flag(
        "--allow-empty", help="Nothing found is success, not a mistake: for scripts."
    )

    def selection(self, paths: tuple[str, ...] = ()) -> Selection:
        """Return which files are inputs; raise UsageError for what goes with a list."""
        for name, given in {"--null": self.null, "--root": self.root}.items():
            if given and self.files_from is None:
                raise UsageError(f"{name} goes with --files-from")
        return replace(
            super().selection(paths),
            files_from=self.files_from,
            null_separated=self.null,
            tree=self.root,
            allow_empty=self.allow_empty,
        )


@option_class
class InputOptions(FoldersAndLists):
    """What is read."""

    shard: tuple[int, int] = shared_option(
        "--shard",
        kind=option_values.shard,
        metavar="I/N",
        default="1/1",
        help="Do the I-th of N parts of the inputs, chosen by a hash of the relative path.",
    )
    accept_damaged: bool = common_options.accept_damaged()
