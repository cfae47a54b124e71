"""The four services as they really run, each a process with its secrets in files, calling each other over HTTP."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from app.openapi import SERVICES
from tests.conftest import DatabaseUri, free_port
from tests.support import PUBLIC_URL

STAFF = {"email": "staff@example.com", "password": "the staff password 1"}
CUSTOMER = {"email": "ana@example.com", "password": "ana has a long one"}
ROOT = Path(__file__).parents[2]
SECRETS = {"mongodb_uri", "orders_client_secret", "signing_key_encryption", "staff_password", "csrf_key"}
CLIENT_SECRET = "the orders client secret"
PLENTY = "1000000000"

SETTINGS: dict[str, str] = {
    "stack": "local",
    "public_url": PUBLIC_URL,
    "token_clients": "orders",
    "orders_client_secret": CLIENT_SECRET,
    "signing_key_encryption": "k" * 32,
    "staff_email": STAFF["email"],
    "staff_password": STAFF["password"],
    "csrf_key": "c" * 32,
    "seed_catalogue": "true",
    "login_per_minute_email": PLENTY,
    "login_per_minute_address": PLENTY,
    "register_per_minute_address": PLENTY,
    "writes_per_minute": PLENTY,
    "writes_burst": PLENTY,
}


class Shop:
    """Where each service listens, and what a caller of each path sends to be let in."""

    def __init__(self, urls: dict[str, str]) -> None:
        self.urls = urls
        self._bearers: dict[str, dict[str, str]] = {}

    def sign_in(self) -> None:
        """Make a customer, and get the tokens of all three kinds of caller."""
        with httpx.Client(base_url=self.urls["auth"]) as auth:
            auth.post("/auth/register", json=CUSTOMER).raise_for_status()
            for role, who in (("customer", CUSTOMER), ("staff", STAFF)):
                self._keep(role, auth.post("/auth/login", json=who))
            form = {"grant_type": "client_credentials", "client_id": "orders", "audience": "products"}
            self._keep("service", auth.post("/auth/token", data={**form, "client_secret": CLIENT_SECRET}))

    def headers(self, service: str, path: str) -> dict[str, str]:
        """The headers of a caller who may use this path."""
        if service == "products":
            return self._bearers["service" if path.startswith("/internal") else "staff"]
        return {} if service == "frontend" else self._bearers["customer"]

    def _keep(self, role: str, granted: httpx.Response) -> None:
        granted.raise_for_status()
        self._bearers[role] = {"Authorization": f"Bearer {granted.json()['access_token']}"}


@contextmanager
def open_shop(database_uri: DatabaseUri, home: Path) -> Iterator[Shop]:
    """Start the services, wait until each is ready, sign in; stop them at the end. Secrets and logs go to `home`."""
    ports = {service: free_port() for service in SERVICES}
    urls = {service: f"http://127.0.0.1:{port}" for service, port in ports.items()}
    addresses = {f"{service}_url": url for service, url in urls.items()}
    with ExitStack() as running:
        for service, port in ports.items():
            own = {"port": str(port), "metrics_port": str(free_port()), "mongodb_uri": database_uri(service)}
            running.enter_context(_served(service, SETTINGS | addresses | own, home))
        for url in urls.values():
            _wait_until_ready(url)
        shop = Shop(urls)
        shop.sign_in()
        yield shop


@contextmanager
def _served(service: str, environment: dict[str, str], home: Path) -> Iterator[None]:
    secrets = home / service
    secrets.mkdir()
    for name in [name for name in environment if name in SECRETS]:
        (secrets / name).write_text(environment.pop(name))
    variables = {name.upper(): value for name, value in environment.items()} | {"SECRETS_DIR": str(secrets)}
    with (home / f"{service}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", f"app.{service}"], env=variables, cwd=ROOT, stdout=log)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(timeout=25) == 0, f"{service} did not end well: see {home / service}.log"


def _wait_until_ready(url: str) -> None:
    deadline, answer = time.monotonic() + 30, "no answer"
    while time.monotonic() < deadline:
        try:
            ready = httpx.get(f"{url}/readyz")
        except httpx.TransportError:
            time.sleep(0.05)
            continue
        if ready.is_success:
            return
        answer = ready.text
        time.sleep(0.05)
    pytest.fail(f"{url} was not ready within 30 s: {answer}")
