import pytest
from pydantic import SecretStr, ValidationError

from app.orders.settings import Settings


def settings(**changes: object) -> Settings:
    made: dict[str, object] = {
        "stack": "local",
        "public_url": "http://localhost:8080",
        "mongodb_uri": SecretStr("mongodb://orders:orders@localhost/orders"),
        "auth_url": "http://auth",
        "products_url": "http://products",
        "orders_client_secret": SecretStr("secret"),
    }
    return Settings.model_validate({**made, **changes})


def test_defaults_leave_the_edge_time_to_hear_our_answer() -> None:
    assert settings().request_seconds < 15


@pytest.mark.parametrize(
    "times",
    [
        {"request_seconds": 15},
        {"lease_seconds": 12},
        {"products_seconds": 4},
        {"products_seconds": 13},
    ],
)
def test_times_that_do_not_fit_are_refused(times: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="must not decrease and end below 15"):
        settings(**times)


def test_placeholder_client_secret_is_refused_outside_local() -> None:
    uri = SecretStr("mongodb://orders:8f3kq0vmz71p@localhost/orders")
    with pytest.raises(ValidationError, match="orders_client_secret is a placeholder"):
        settings(stack="dev", mongodb_uri=uri)
    assert settings(stack="dev", mongodb_uri=uri, orders_client_secret=SecretStr("p94hvx61lq0z")).stack == "dev"
