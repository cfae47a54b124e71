"""What an operator sees of orders: outcomes, what is left over, and the messages owed to the products service."""

from prometheus_client import Counter, Gauge

OUTCOMES = Counter("orders_outcomes_total", "Orders that reached an outcome.", ["outcome"])
OLDEST_PENDING = Gauge(
    "orders_oldest_pending_age_seconds", "Age of the oldest order that is still pending; 0 without one."
)
MESSAGES = Counter(
    "orders_recovered_messages_total", "Messages owed to products that the recovery loop tried.", ["message", "result"]
)

for outcome in ("placed", "rejected", "cancelled"):
    OUTCOMES.labels(outcome)
for message in ("reserve", "confirm", "release"):
    for result in ("delivered", "failed"):
        MESSAGES.labels(message, result)
