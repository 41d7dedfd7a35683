"""Comparisons as JUnit XML, which CI systems show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from updown_cli.cli.printing import printable
from updown_cli.errors import UsageError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from updown_cli.batch.compare_pairs import Compared

SUITE = "updown compare"

#: The element that tells what became of a test that has not passed.
ELEMENTS = {"differs": "failure", "missing": "failure", "failed": "error", "skipped": "skipped"}


def check_junit(path: str) -> None:
    """Raise UsageError for a file of another kind."""
    if not path.lower().endswith(".xml"):
        raise UsageError("must end in .xml", subject=f"--junit {path}")


def junit(outcomes: Sequence[Compared]) -> bytes:
    """Return a JUnit file with a test case for every pair.

    What XML cannot hold is escaped as it is in messages: `\\x07` for a bell in a file's name.
    """
    from xml.etree import ElementTree

    found = [ELEMENTS.get(outcome.status, "") for outcome in outcomes]
    facts = {
        "name": SUITE,
        "tests": str(len(outcomes)),
        "failures": str(found.count("failure")),
        "errors": str(found.count("error")),
        "skipped": str(found.count("skipped")),
        "time": f"{sum(outcome.seconds for outcome in outcomes):.6f}",
    }
    suites = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(suites, "testsuite", facts)
    for outcome, element in zip(outcomes, found, strict=True):
        _case(suite, outcome, element)
    ElementTree.indent(suites)
    data: bytes = ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _case(suite: Element, outcome: Compared, element: str) -> None:
    from xml.etree.ElementTree import SubElement

    names = {"classname": SUITE, "name": printable(outcome.pair.name)}
    case = SubElement(suite, "testcase", names, time=f"{outcome.seconds:.6f}")
    if element:
        SubElement(case, element, message=printable("; ".join(outcome.reasons)))
