"""Prints the n-th fenced `sh` block of the README."""

import re
import sys
from pathlib import Path

readme = Path(__file__).parent.parent / "README.md"
blocks = re.findall(r"^```sh\n(.*?)^```", readme.read_text(), re.DOTALL | re.MULTILINE)
sys.stdout.write(blocks[int(sys.argv[1]) - 1])
