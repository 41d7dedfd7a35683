"""Random interpolations beside torch's: `python -m benchmarks.differential --settings 1000000`.

Prints how many pictures are those of `F.interpolate` within the limits of the tests, the largest
difference, and what differs by more. Values are whole numbers from 0 to 255, of any type and
memory order, in one, two or three dimensions, whole or in strips.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import numpy as np
import torch

from tests.ops.upsample.random_settings import Outcome, outcome

# Settings that one seed gives, so that a difference is found again soon.
EACH = 1000

# What differs is printed so often at most.
MOST_SHOWN = 10


def outcomes(count: int, seed: int, seconds: float) -> Iterator[Outcome]:
    """Yield what becomes of so many settings, or of those that can be run in so many seconds."""
    end = time.monotonic() + seconds
    for number in range(count):
        if number % EACH == 0:
            dice = np.random.default_rng((seed, number // EACH))
        yield outcome(dice, int(dice.integers(1, 4)))
        if time.monotonic() > end:
            return


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after these")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    done = agree = 0
    worst = Outcome("nothing", 0.0, 0.0)
    for found in outcomes(asked.settings, asked.seed, asked.seconds):
        done += 1
        agree += found.agrees
        worst = max(worst, found, key=lambda outcome: outcome.apart)
        if not found.agrees and done - agree <= MOST_SHOWN:
            print(f"differs by {found.apart:.3g}: {found.told}")
    print(f"{agree} of {done} agree; the largest difference is {worst.apart:.3g}: {worst.told}")


if __name__ == "__main__":
    main()
