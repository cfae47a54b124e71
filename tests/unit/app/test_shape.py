"""The shape that all services share: the same files, each with its own business."""

import ast
from pathlib import Path

import pytest

import app
from app.openapi import SERVICES

ROOT = Path(app.__path__[0])
FILES = ["__init__", "__main__", "main", "settings", "routes", "schemas", "service", "repository", "errors"]


def imports(path: Path) -> set[str]:
    """Top-level names of every module that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_files(service: str) -> None:
    assert [name for name in FILES if not (ROOT / service / f"{name}.py").is_file()] == []


@pytest.mark.parametrize("service", SERVICES)
def test_what_decides_knows_neither_http_nor_the_database_driver(service: str) -> None:
    """Else a rule of the shop could only be tested through a server."""
    assert imports(ROOT / service / "service.py").isdisjoint({"fastapi", "starlette", "uvicorn", "pymongo", "bson"})


@pytest.mark.parametrize("service", SERVICES)
def test_routes_never_reach_the_database_and_the_repository_never_http(service: str) -> None:
    assert imports(ROOT / service / "routes.py").isdisjoint({"pymongo", "bson"})
    assert imports(ROOT / service / "repository.py").isdisjoint({"fastapi", "starlette", "httpx"})


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_imports_another(service: str) -> None:
    """Each is an image of its own; they meet over HTTP only."""
    others = tuple(f"app.{other}" for other in SERVICES if other != service)
    for path in (ROOT / service).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert [name for name in named if name.startswith(others)] == [], path


def test_only_settings_look_at_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if "environ" in path.read_text(encoding="utf-8").replace("environment", "")
        or "getenv" in path.read_text(encoding="utf-8")
    }
    # The image's entry point looks up which service it is, before there are settings to read.
    assert readers <= {"shared/settings.py", "__main__.py"}
