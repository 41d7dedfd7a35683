"""Run `updown preprocess` for every configuration in FOLDER/configurations on FOLDER/pictures.

Results are in FOLDER/results, a folder for each configuration; what failed is printed.
    python benchmarks/conformance_results.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from updown_cli.cli.main import main


def run(folder: Path) -> None:
    """Make the tensors of every configuration."""
    for path in sorted((folder / "configurations").glob("*.json")):
        target = folder / "results" / path.stem
        words = ["preprocess", "--config", path, folder / "pictures", "-o", f"{target}/", "-q"]
        try:
            main([*map(str, words), "--if-exists", "overwrite", "--jobs", "1"])
        except SystemExit as end:
            if end.code:
                print(f"{path.stem}: exit code {end.code}")


if __name__ == "__main__":
    run(Path(sys.argv[1]))
