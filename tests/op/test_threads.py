"""Work that is shared by threads, the caller's among them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import torch

from updown_cli.op.threads import run_ordered

# Seconds after which a thread that should have been helped gives up.
LONG = 20


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_results_come_in_order(threads: int) -> None:
    """Of every item once."""
    made = [*run_ordered(lambda item: item * item, range(50), threads)]
    assert made == [item * item for item in range(50)]


@pytest.mark.parametrize("threads", [2, 3])
def test_few_items_are_there_at_the_same_time(threads: int) -> None:
    """So that a picture of any size is in memory in some strips alone."""
    asked = 0

    def items() -> Iterator[int]:
        nonlocal asked
        for item in range(50):
            asked += 1
            yield item

    for done, item in enumerate(run_ordered(lambda item: item, items(), threads)):
        assert asked - done <= threads + 1
        assert item == done


def test_the_caller_makes_what_no_thread_has_begun() -> None:
    """Two items that wait for each other need two threads, of which one is the caller's."""
    both, makers = threading.Barrier(2, timeout=LONG), set()

    def act(item: int) -> int:
        makers.add(threading.current_thread())
        if item < 2:
            both.wait()
        return item

    assert [*run_ordered(act, range(5), 2)] == [*range(5)]
    assert threading.main_thread() in makers
    assert len(makers) == 2


def test_every_thread_computes_alone_and_gives_it_up() -> None:
    """Torch has its threads again when all is done, also when the work ends in an error."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert {*run_ordered(lambda _: torch.get_num_threads(), range(9), 2)} == {1}
        assert torch.get_num_threads() == 2
        with pytest.raises(ZeroDivisionError):
            [*run_ordered(lambda item: 1 // item, range(9), 2)]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_nobody_learns() -> None:
    """Without gradients in any thread."""
    assert {*run_ordered(lambda _: torch.is_inference_mode_enabled(), range(9), 2)} == {True}
