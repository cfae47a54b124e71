import re
from typing import get_args

import pytest

from app.orders import errors
from app.orders.order import Reason, Refusal
from app.shared.errors import ApiError

OURS = [kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__module__ == errors.__name__]


def test_every_reason_for_a_rejection_has_its_error() -> None:
    assert set(errors.REJECTIONS) == set(get_args(Reason))
    assert len(set(errors.REJECTIONS.values())) == len(errors.REJECTIONS)


def test_every_error_is_in_the_tree_drawn_on_top() -> None:
    assert errors.__doc__
    assert {kind.__name__ for kind in OURS} <= set(re.findall(r"\w+", errors.__doc__))


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.__name__)
def test_every_error_is_a_problem_with_a_client_or_retry_status(kind: type[ApiError]) -> None:
    assert kind.status in {400, 404, 409, 422, 503}


def test_rejection_names_order_and_product_and_says_what_to_do() -> None:
    error = errors.OutOfStock("o", Refusal(reason="out-of-stock", product_id="vase"))
    assert error.extensions == {"order_id": "o", "product_id": "vase"}
    assert error.detail.endswith("Take less of it. Then order again with a new Idempotency-Key.")
