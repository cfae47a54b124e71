import pytest
from pydantic import ValidationError

from app.orders.order import Offer, Order, Refusal
from app.orders.schemas import MAX_LINES, MAX_QUANTITY, OrderIn, OrderOut
from tests.unit.app.orders.support import Clock, lines


def one(product_id: object = "lamp", quantity: object = 1, **more: object) -> dict[str, object]:
    return {"lines": [{"product_id": product_id, "quantity": quantity, **more}]}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"lines": []}, "at least 1 item"),
        ({"lines": [{"product_id": f"p{n}", "quantity": 1} for n in range(MAX_LINES + 1)]}, "at most 50 items"),
        ({"lines": [{"product_id": "lamp", "quantity": 1}] * 2}, "'lamp'.* come more than once"),
        (one(quantity=0), "greater than or equal to 1"),
        (one(quantity=MAX_QUANTITY + 1), "less than or equal to 100"),
        (one(quantity="1"), "valid integer"),
        (one(quantity=1.5), "valid integer"),
        (one(product_id="../auth"), "match pattern"),
        (one(price_cents=1), "not permitted"),
    ],
)
def test_body_outside_the_limits_is_refused(body: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        OrderIn.model_validate(body)


def test_largest_order_is_accepted() -> None:
    body = {"lines": [{"product_id": f"p{n}", "quantity": MAX_QUANTITY} for n in range(MAX_LINES)]}
    assert len(OrderIn.model_validate(body).wanted()) == MAX_LINES


def test_order_shows_nothing_of_how_it_is_kept() -> None:
    clock = Clock()
    order = Order.open(
        user_id="u", key="k", fingerprint="f", lines=lines(lamp=2), now=clock(), lease=clock.now - clock.now
    )
    shown = {"status": "pending", "reason": None, "total_cents": None, "currency": "EUR"}
    moment = {"created_at": "2026-03-01T12:00:00Z", "updated_at": "2026-03-01T12:00:00Z"}
    line = {"product_id": "lamp", "name": None, "quantity": 2, "price_cents": None}
    assert OrderOut.of(order).model_dump(mode="json") == {"id": order.id, "lines": [line], **shown, **moment}
    placed = OrderOut.of(order.placed({"lamp": Offer(name="Lamp", price_cents=5)}, now=clock()))
    assert (placed.total_cents, placed.lines[0].name, placed.lines[0].price_cents) == (10, "Lamp", 5)
    assert OrderOut.of(order.rejected(Refusal(reason="too-late"), now=clock())).reason == "too-late"
