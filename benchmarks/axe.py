"""What axe-core finds on all kinds of pages: `python -m benchmarks.axe [PAGE.html ...]`.

Without pages: those of `explain`, of a chain, of a sheet and of `doctor`, which are made, and those
in docs/; each in light and dark, on a phone and a wide screen, and explained ones in each view and
with a state that cannot be. npm brings axe-core; where it cannot, the reason is printed and nothing
checked. Target: no finding.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

from tests.axe import NoAxeError, axe_script, findings
from tests.browser import Browser
from tests.page_checks import WIDTHS

ROOT = Path(__file__).parent.parent
PHOTO = ROOT / "sample_images" / "photo.png"

#: What makes each page, without its -o.
COMMANDS = (
    "explain deconv --kernel '1 2 3; 4 5 6; 7 8 9' -s 2 -p 1 --input 3",
    "explain pool -k 3 -s 2 -p 1",
    "explain pool -k 1 --vary padding=0..1",
    "explain unpool -k 2",
    "explain upsample --mode bilinear --scale-factor 2",
    "explain shuffle --upscale-factor 2",
    "explain conv --kernel sobel-h,sobel-v --input 3x4x4",
    "explain chain 'conv --kernel box @e1 | pool -k 2 | upsample --size 2 | concat @e1' "
    "--vary pool.kernel-size=1..2",
    f"sheet {PHOTO} --try 'pool -k {{2,3}}'",
    "doctor --op 'upsample --mode bilinear --size 32'",
)

#: What is done to a page before it is looked at: nothing, and everything that can be opened.
ACTS = {
    "": "undefined",
    "opened": "document.querySelectorAll('details').forEach(one => { one.open = true; })",
    "second view": "document.querySelectorAll('.views button')[1]?.click()",
    "last state": """document.querySelectorAll('#controls input').forEach((one) => {
        one.value = one.max; one.dispatchEvent(new Event('input')); })""",
}


def pages() -> Iterator[Path]:
    """Make every page in the working directory, and yield it; then those in docs/."""
    for number, command in enumerate(COMMANDS):
        page = f"{number}-{command.split()[0]}.html"
        words = [sys.executable, "-m", "updown_cli", *shlex.split(command), "-o", page]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if not Path(page).exists():
            print(f"{command}: no page: {done.stderr}")
        else:
            yield Path(page)
    yield from sorted((ROOT / "docs").rglob("*.html"))


def check(page: Path, browser: Browser, script: str) -> int:
    """Print what is found on a page; return how much."""
    found: dict[str, list[str]] = {}
    for width in WIDTHS:
        for dark in (False, True):
            browser.open(page, width=width, dark=dark)
            for name, act in ACTS.items():
                browser.run(act)
                for sentence in findings(browser, script):
                    where = f"{width} {'dark' if dark else 'light'} {name}".strip()
                    found.setdefault(sentence, []).append(where)
    for sentence, places in found.items():
        print(f"    {sentence[:500]}  ({', '.join(places)})")
    print(f"{page.name}: {len(found)} found", flush=True)
    return len(found)


def main() -> int:
    """Check pages; return 1 if anything is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", type=Path)
    asked = [page.resolve() for page in parser.parse_args().pages]
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        try:
            script = axe_script(Path(folder))
        except NoAxeError as reason:
            print(f"nothing is checked: {reason}")
            return 0
        with Browser(Path(folder) / "profile") as browser:
            count = sum(check(page, browser, script) for page in asked or pages())
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main())
