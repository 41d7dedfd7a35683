"""The page that `updown identify -o` makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.batch.naming import STDOUT
from updown_cli.errors import UsageError
from updown_cli.files.formats import PAGE_ENDINGS, ending

if TYPE_CHECKING:
    from updown_cli.cli.identify import IdentifyOptions
    from updown_cli.cli.identify_answer import Answer
    from updown_cli.figures.identify_page import ResultPictures
    from updown_cli.identify.evidence import Evidence
    from updown_cli.identify.trial import Candidate

# Candidates of which it is shown where they are off: the nearest, and so many of the others.
MOST_SHOWN = 8


def check_page(path: str, options: IdentifyOptions) -> None:
    """Raise UsageError for a page that cannot be made, before any work."""
    from updown_cli.batch.named_files import INPUT, NamedFile, check_apart, named_files
    from updown_cli.batch.single_file import check_free
    from updown_cli.stores.save import check_folder

    if path == STDOUT:
        raise UsageError("takes the name of a file", subject="-o -")
    if ending(path) not in PAGE_ENDINGS:
        raise UsageError(f"must end in {', '.join(PAGE_ENDINGS)}", subject=f"-o {path}")
    check_folder(path)
    check_apart(named_files(("-o", path)), [NamedFile(INPUT, name) for name in options.paths])
    check_free(path, options.if_exists)


def page_of(answer: Answer) -> bytes:
    """Return the page of an answer."""
    from updown_cli.cli.identify_answer import trial_json
    from updown_cli.figures.identify_page import identify_page

    kinds = [(kind, trial_json(trial)) for kind, trial in answer.kinds()]
    candidates = _shown(answer)
    shown = [_pictures(candidates, pair) for pair in answer.pairs]
    return identify_page(answer.to_json(), kinds, shown)


def _shown(answer: Answer) -> list[Candidate]:
    """Return the nearest, the next, and what lies between: what gives the same needs no picture."""
    found = answer.found
    others = [*found.close[: MOST_SHOWN - 1], *([found.next.candidate] if found.next else [])]
    return [found.best.candidate, *others]


def _pictures(candidates: list[Candidate], pair: Evidence) -> ResultPictures:
    from updown_cli.cli.identify_answer import describe
    from updown_cli.figures.display_range import own_range_of
    from updown_cli.figures.identify_page import ResultPictures
    from updown_cli.figures.preview import preview_images
    from updown_cli.identify.differences import differences

    result, names = pair.result, map(describe, candidates)
    off = [*zip(names, differences(candidates, pair), strict=True)]
    if result.pixels.ndim != 4:
        return ResultPictures(None, (0, 0), off)
    view = preview_images(result, own_range_of(result), result.white)[0]
    if view.channel is not None:  # one of many that are no colours
        return ResultPictures(None, (0, 0), off)
    return ResultPictures(view.page_file(), view.image.size, off)
