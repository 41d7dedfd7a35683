"""Prints the lowest versions that pyproject.toml allows of what updown needs, but for torch."""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
bounds = [re.fullmatch(r"([\w-]+)>=([\d.]+)", text) for text in project["dependencies"]]
lowest = {bound[1]: bound[2] for bound in bounds if bound}
del lowest["torch"]  # hundreds of megabytes
sys.stdout.write(" ".join(f"{name}=={version}" for name, version in lowest.items()))
