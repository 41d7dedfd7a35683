"""Some rows of a result are those of the whole, whoever resizes."""

from __future__ import annotations

import numpy as np
import pytest

from updown_cli.identify.convention import Convention
from updown_cli.identify.foreign import programs
from updown_cli.identify.registered import registered
from updown_cli.op.shape import Shape

SOURCE, SIZE, WANTED = Shape(3, 40, 27), (25, 33), (9, 17)


def one_of_each_mode() -> list[Convention]:
    """Return the conventions of every mode that has fewest settings, and other programs'."""
    found: dict[tuple[str, str], Convention] = {}
    for one in registered(SOURCE, SIZE):
        found.setdefault((one.library, one.mode), one)
    return [*found.values(), *programs()]


@pytest.mark.parametrize("convention", one_of_each_mode(), ids=lambda one: one.describe())
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_rows_are_those_of_the_whole(convention: Convention, dtype: str) -> None:
    """Bytes to the bit. Sums of floats may be made in another order where tables are products."""
    x = np.random.default_rng(6).integers(0, 256, SOURCE).astype(dtype)
    whole = convention.resize(x, SIZE, 255.0)
    maker = convention.rows(SOURCE, SIZE, WANTED, 255.0)
    first, last = maker.read
    made = maker.resize(x[:, first:last])
    assert whole is not None
    assert made is not None
    np.testing.assert_allclose(made, whole[:, 9:17], atol=1e-3 if made.dtype.kind == "f" else 0)
