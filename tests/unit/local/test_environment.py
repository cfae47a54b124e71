"""When `.venv` is remade."""

from pathlib import Path

import pytest

from local import environment


def test_a_changed_lock_makes_the_environment_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "dev.lock"
    lock.write_text("a==1\n")
    monkeypatch.setattr(environment, "LOCKS", (lock,))
    monkeypatch.setattr(environment, "_STAMP", tmp_path / "stamp")
    assert not environment.is_current()
    (tmp_path / "stamp").write_text(environment._wanted())
    assert environment.is_current()
    lock.write_text("a==2\n")
    assert not environment.is_current()


def test_the_locks_name_no_address_and_pin_every_package_by_hash() -> None:
    for lock in Path("requirements").glob("*.lock"):
        text = lock.read_text()
        assert "://" not in text, lock
        requirements = [block for block in text.split("\n") if block and not block.startswith((" ", "#"))]
        assert all("==" in line and line.endswith("\\") for line in requirements), lock
        assert text.count("--hash=sha256:") >= len(requirements), lock


def test_the_app_and_the_tests_run_on_the_same_versions() -> None:
    """What is tested is what the images install."""
    pins = {name: set(Path("requirements", name).read_text().split("\n")) for name in ("app.lock", "dev.lock")}
    for line in pins["app.lock"]:
        if "==" in line:
            assert line in pins["dev.lock"], line
