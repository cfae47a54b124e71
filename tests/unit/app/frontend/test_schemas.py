"""The order form's lines."""

import pytest
from pydantic import ValidationError

from app.frontend.schemas import MOST_LINES, PlaceForm, Wanted

KEY = "0123456789abcdef" * 2


def test_reviewed_lines_are_read_back() -> None:
    form = PlaceForm(key=KEY, reviewed="p-1:2:2400,p_2:20:0")
    assert form.lines() == [
        Wanted(product_id="p-1", quantity=2, price_cents=2400),
        Wanted(product_id="p_2", quantity=20, price_cents=0),
    ]


@pytest.mark.parametrize("reviewed", ["", "p", "p:1", "p:1:2:3", "p:-1:2", "p:1:2,", "p:1.5:2", "p q:1:2", "p:1:1e3"])
def test_a_form_of_another_shape_is_refused(reviewed: str) -> None:
    with pytest.raises(ValidationError):
        PlaceForm(key=KEY, reviewed=reviewed)


@pytest.mark.parametrize(
    "reviewed", ["p:0:1", "p:21:1", "p:1:1,p:1:1", ",".join(f"p{n}:1:1" for n in range(MOST_LINES + 1))]
)
def test_lines_no_basket_can_have_are_refused(reviewed: str) -> None:
    with pytest.raises(ValidationError):
        PlaceForm(key=KEY, reviewed=reviewed)
