"""What is made once and found again, in bounded memory."""

from __future__ import annotations

from updown_cli.op.kept import Kept


def test_what_was_made_is_found_again_until_others_need_its_room() -> None:
    """Of three things of 40 bytes 100 hold two: the one that was not used for longest goes."""
    made: list[str] = []
    kept: Kept[str] = Kept(100)

    def make(key: str) -> str:
        made.append(key)
        return key.upper()

    def ask(key: str) -> str:
        return kept.get(key, lambda: make(key), lambda _: 40)

    assert [ask(key) for key in ("a", "b", "a", "c", "a", "b")] == ["A", "B", "A", "C", "A", "B"]
    assert made == ["a", "b", "c", "b"]
    assert (len(kept), kept.bytes) == (2, 80)


def test_what_is_larger_than_all_that_may_be_kept_drives_nothing_out() -> None:
    """It is made, given back, and made again when it is asked for again."""
    kept: Kept[int] = Kept(100)
    kept.get("small", lambda: 1, lambda _: 60)
    assert [kept.get("large", lambda: 2, lambda _: 101) for _ in range(2)] == [2, 2]
    assert (len(kept), kept.bytes) == (1, 60)
