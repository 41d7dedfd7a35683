"""Which jobs go to which worker, and what follows from a worker's death."""

from __future__ import annotations

from updown_cli.batch.cluster.deal import Deal
from updown_cli.batch.cluster.hand import Hand
from updown_cli.batch.inputs import Source
from updown_cli.batch.planned_job import Job


def deal_of(count: int) -> Deal:
    return Deal.of([Job(Source(f"{number}.png"), f"out/{number}.png") for number in range(count)])


def sources(hand: Hand) -> list[list[str]]:
    return [[one.job.source.path for one in batch.attempts] for batch in hand.batches.values()]


def test_many_jobs_are_a_few_batches_at_a_time() -> None:
    deal, hand = deal_of(10_000), Hand("a", "", 2)
    for _ in range(9):
        deal.took(256, 0.001)
    while deal.batch_for(hand, 2):
        pass
    assert [len(batch) for batch in sources(hand)] == [256, 256, 256]


def test_batches_take_a_second_and_grow_step_by_step() -> None:
    deal = deal_of(9)
    sizes = []
    for _ in range(4):
        deal.took(10, 0.5)
        sizes.append(deal.size)
    assert sizes == [4, 16, 20, 20]


def test_what_a_dead_worker_was_at_goes_one_at_a_time_and_what_it_had_beside_does_not() -> None:
    deal, hand = deal_of(20), Hand("a", "", 1)
    deal.size = 2
    assert deal.batch_for(hand, 1)
    assert deal.batch_for(hand, 1)
    assert not deal.batch_for(hand, 1)
    assert sources(hand) == [["0.png", "1.png"], ["2.png", "3.png"]]
    assert not list(deal.lost(hand))
    other = Hand("b", "", 2)
    assert deal.batch_for(other, 2)
    assert not deal.batch_for(other, 2)
    assert sources(other) == [["0.png"]]
    assert deal.waiting[0].job.source.path == "2.png"


def test_a_job_is_given_up_when_three_workers_died_at_it() -> None:
    deal = deal_of(1)
    given_up = []
    for name in "abc":
        hand = Hand(name, "", 1)
        assert deal.batch_for(hand, 1)
        given_up.append([str(error) for _, error in deal.lost(hand)])
    reason = "3 workers died while they were at it (out of memory?)"
    assert given_up == [[], [], [reason]]
    assert deal.is_over
