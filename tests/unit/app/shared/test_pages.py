"""Signed cursors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.shared.pages import Cursors, InvalidCursor

CURSORS = Cursors(b"k" * 32)
VALUES = st.lists(st.one_of(st.text(max_size=40), st.integers(-(2**53), 2**53)), min_size=1, max_size=3)


@given(scope=st.text(max_size=20), values=VALUES)
def test_a_cursor_gives_back_what_it_was_made_of(scope: str, values: list[str | int]) -> None:
    assert CURSORS.decode(scope, CURSORS.encode(scope, *values)) == values


@given(text=st.text(max_size=80))
def test_nothing_made_up_is_taken_for_a_cursor(text: str) -> None:
    with pytest.raises(InvalidCursor):
        CURSORS.decode("list", text)


def test_a_cursor_is_bound_to_its_list_and_its_key() -> None:
    cursor = CURSORS.encode("orders of ana", 7)
    with pytest.raises(InvalidCursor):
        CURSORS.decode("orders of eva", cursor)
    with pytest.raises(InvalidCursor):
        Cursors(b"x" * 32).decode("orders of ana", cursor)


def test_a_changed_cursor_is_refused() -> None:
    cursor = CURSORS.encode("list", "olive-wood-board")
    for at in range(len(cursor) - 1):
        changed = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        with pytest.raises(InvalidCursor):
            CURSORS.decode("list", changed)
