"""`python -m app.openapi` writes the OpenAPI document of every service to app/<service>/openapi.json.

The document is made from the routes alone: nothing is connected to and no real setting is needed.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from fastapi import FastAPI

SERVICES = tuple(sorted(path.parent.name for path in Path(__file__).parent.glob("*/main.py")))
"""Every service there is: the folders of this package that have a `main`."""

# Enough for any service's settings to be valid; none of it reaches the document.
_VALUES: dict[str, Any] = {
    "stack": "local",
    "public_url": "http://localhost:8080",
    "mongodb_uri": "mongodb://localhost/openapi",
    "auth_url": "http://auth",
    "products_url": "http://products",
    "orders_url": "http://orders",
    "staff_email": "staff@example.com",
    **dict.fromkeys(("signing_key_encryption", "staff_password", "orders_client_secret", "csrf_key"), "openapi " * 5),
}


def path_of(service: str) -> Path:
    """Where the committed document of a service is."""
    return Path(__file__).parent / service / "openapi.json"


def document_of(service: str) -> str:
    """The document as it should be committed."""
    settings = import_module(f"app.{service}.settings")
    kind = settings.Settings
    app: FastAPI = import_module(f"app.{service}.main").create_app(kind(**_VALUES))
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write them all."""
    for service in SERVICES:
        path_of(service).write_text(document_of(service), encoding="utf-8")
        sys.stdout.write(f"{path_of(service)}\n")


if __name__ == "__main__":
    main()
