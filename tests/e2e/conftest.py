"""A shop of the test run's own: `make up` with its own state, network and port, and nothing left of it at the end."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.api import STAFF, Account, Api
from tests.e2e.cluster import Cluster
from tests.e2e.shop import Shop
from tests.e2e.traces import traces

KEEP = "A_TU_MANO_E2E_KEEP"
"""Set to keep the shop for the next run, while writing tests; `make down` with the same variables removes it."""
ENVIRONMENT = {
    "A_TU_MANO_STATE": "/var/tmp/a-tu-mano-e2e",  # noqa: S108 - root's own, mode 0700
    "A_TU_MANO_NETWORK": "10.91.0.0/16",
    "A_TU_MANO_EDGE_PORT": "18091",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without root there is no node; that is the one reason to skip, and it is said loudly."""
    if os.geteuid() == 0:
        return
    reason = "NOT TESTED: the end-to-end tests start a Kubernetes node, which only root may. Run `make test` as root."
    sys.stderr.write(f"\n{'!' * 100}\n{reason}\n{'!' * 100}\n")
    for item in items:
        if "tests/e2e/" in str(item.path):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """The shop, up; gone with everything it had after the last test."""
    repository = Path(__file__).resolve().parents[2]
    environment = {name: value for name, value in os.environ.items() if name != "CONTEXT"} | ENVIRONMENT
    shop = Shop(repository=repository, environment=environment, state=Path(ENVIRONMENT["A_TU_MANO_STATE"]))
    try:
        shop.command(["make", "up"], timeout=3600)
        yield shop
    finally:
        if KEEP not in os.environ:
            down = subprocess.run(
                ["make", "down"], cwd=repository, env=environment, capture_output=True, text=True, check=False
            )
            left = subprocess.run(
                [sys.executable, "-m", "local.cluster", "leftovers"],
                cwd=repository, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert down.returncode == 0, f"make down failed:\n{down.stdout}{down.stderr}"
            assert left.returncode == 0, f"make down left:\n{left.stdout}"
            assert not shop.state.exists(), f"make down left {shop.state}"
            assert traces() == []


@pytest.fixture(scope="session")
def cluster(shop: Shop) -> Iterator[Cluster]:
    """The shop's cluster."""
    cluster = Cluster(shop.kubeconfig)
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def api(shop: Shop) -> Iterator[Api]:
    """The shop's public APIs."""
    api = Api(shop.endpoints["frontend"].rstrip("/"))
    yield api
    api.http.close()


@pytest.fixture(scope="session")
def people(api: Api, cluster: Cluster) -> list[Account]:
    """The shop's own account, whose password was made with the stack, and twelve customers: each may write so often."""
    staff = Account(email=STAFF, password=cluster.secret("shop", "auth", "staff_password"))
    return [staff, *(api.register() for _ in range(12))]


@pytest.fixture
def staff(api: Api, people: list[Account]) -> Account:
    """The shop's own account, logged in."""
    return api.still(people[0])


@pytest.fixture
def buyers(api: Api, people: list[Account]) -> list[Account]:
    """Twelve customers, logged in."""
    return [api.still(account) for account in people[1:]]
