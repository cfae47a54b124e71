from datetime import UTC, datetime, timedelta

import pytest

from app.orders.order import Offer, Order, Refusal
from tests.unit.app.orders.support import lines

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)
LEASE = timedelta(seconds=20)
OFFERS = {"lamp": Offer(name="Lamp", price_cents=1990), "vase": Offer(name="Vase", price_cents=550)}


@pytest.fixture
def pending() -> Order:
    return Order.open(user_id="u", key="k", fingerprint="f", lines=lines(lamp=2, vase=1), now=NOW, lease=LEASE)


def test_new_order_owes_a_reserve_and_is_leased(pending: Order) -> None:
    assert (pending.status, pending.owes, pending.due_at, pending.version) == ("pending", "reserve", NOW + LEASE, 1)


def test_placed_order_has_its_prices_and_owes_a_confirm_at_once(pending: Order) -> None:
    placed = pending.placed(OFFERS, now=LATER)
    assert (placed.status, placed.owes, placed.due_at, placed.version) == ("placed", "confirm", LATER, 2)
    assert (placed.total_cents, placed.placed_at, placed.created_at) == (4530, LATER, NOW)


def test_line_without_an_offer_cannot_be_placed(pending: Order) -> None:
    with pytest.raises(KeyError, match="vase"):
        pending.placed({"lamp": OFFERS["lamp"]}, now=LATER)


def test_rejected_order_owes_a_release_and_keeps_its_status_when_it_is_delivered(pending: Order) -> None:
    rejected = pending.rejected(Refusal(reason="out-of-stock", product_id="vase"), now=LATER)
    assert (rejected.status, rejected.owes) == ("rejected", "release")
    settled = rejected.settled(now=LATER)
    assert (settled.status, settled.owes, settled.due_at) == ("rejected", None, None)


def test_confirm_leaves_no_trace_a_buyer_sees(pending: Order) -> None:
    placed = pending.placed(OFFERS, now=NOW)
    settled = placed.settled(now=LATER)
    assert (settled.status, settled.owes, settled.updated_at) == ("placed", None, NOW)


def test_cancelling_order_is_cancelled_when_its_stock_is_back(pending: Order) -> None:
    cancelling = pending.placed(OFFERS, now=NOW).cancelling(now=LATER, lease=LEASE)
    assert (cancelling.status, cancelling.owes, cancelling.due_at) == ("cancelling", "release", LATER + LEASE)
    cancelled = cancelling.settled(now=LATER)
    assert (cancelled.status, cancelled.owes, cancelled.due_at) == ("cancelled", None, None)
    assert cancelled.as_placed().status == "placed"
    assert cancelled.as_placed().updated_at == NOW


def test_pauses_double_to_a_minute_and_are_shortened_by_at_most_half(pending: Order) -> None:
    pauses = []
    for _ in range(8):
        postponed = pending.postponed(now=NOW, jitter=0.0)
        assert postponed.due_at
        pauses.append((postponed.due_at - NOW).total_seconds())
        assert postponed.leased_until == NOW
        pending = postponed.leased(now=NOW, lease=LEASE)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert pending.postponed(now=NOW, jitter=1.0).due_at == NOW + timedelta(seconds=30)


def test_stored_form_is_read_back_equal(pending: Order) -> None:
    rejected = pending.rejected(Refusal(reason="unavailable", product_id="lamp"), now=LATER)
    for order in (pending, pending.placed(OFFERS, now=LATER), rejected):
        assert Order.model_validate(order.model_dump(by_alias=True)) == order
