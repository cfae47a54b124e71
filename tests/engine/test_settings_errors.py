"""Mistakes in the settings stop the real engine with a sentence each, before anything is registered."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from infra.settings import ROOT
from infra.settings_file import read
from tests.engine.conftest import Engine

WHERE = "stacks/Pulumi.local.yaml"
Config = dict[str, Any]


def configure(engine: Engine, change: Callable[[Config], object]) -> None:
    """Write the stack's file with a change; `change` sees its keys without their namespace."""
    salt = yaml.safe_load(engine.file.read_text(encoding="utf-8"))["encryptionsalt"]
    settings = yaml.safe_load((ROOT / WHERE).read_text(encoding="utf-8"))["config"]
    config = {key.partition(":")[2]: value for key, value in settings.items()}
    change(config)
    named = {f"a-tu-mano:{key}": value for key, value in config.items()}
    engine.file.write_text(yaml.safe_dump({"config": named, "encryptionsalt": salt}, sort_keys=False), encoding="utf-8")


def spoil(config: Config) -> None:
    config["services"]["orders"] |= {"port": "80a", "prot": 1}
    config["services"]["products"]["path"] = "/auth"
    config["database"]["storage"] = "much"


CASES: dict[str, tuple[Callable[[Config], object], list[str]]] = {
    "a name too long": (
        lambda config: config["services"].update({"o" * 64: {**config["services"]["orders"], "path": "/long"}}),
        [f"{WHERE}: a-tu-mano:services.{'o' * 64} is a key, a service name: a lower-case DNS label of at most 63"],
    ),
    "several at once": (
        spoil,
        [
            f'{WHERE}: a-tu-mano:database.storage is "much", a Kubernetes quantity is required.',
            f'{WHERE}: a-tu-mano:services.orders.port is "80a", a port number from 1024 to 65535 is required.',
            f"{WHERE}: a-tu-mano:services.orders.prot is not a setting, one of path, page, port, ",
            f'{WHERE}: a-tu-mano:services.products.path is "/auth", a path that a-tu-mano:services.auth.path has not',
        ],
    ),
    "an image nobody built": (
        lambda config: config["services"].update({"reviews": {**config["services"]["orders"], "path": "/reviews"}}),
        ["images.json: image.reviews is missing, an image reference is required. Run `make images`."],
    ),
}


@pytest.mark.parametrize("command", [("preview",), ("up", "--yes", "--skip-preview")], ids=lambda command: command[0])
@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_a_sentence_and_nothing_is_made(engine: Engine, case: str, command: tuple[str, ...]) -> None:
    change, sentences = CASES[case]
    configure(engine, change)
    done = engine.run(*command)
    told = done.stdout.partition("Diagnostics:")[2]
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
    for sentence in sentences:
        assert told.count(sentence) == 1, told
    assert told.count(" is required. ") == len(sentences), told
    assert set(engine.resources()) <= {"pulumi:pulumi:Stack"}


def test_the_file_is_read_as_the_engine_reads_it(engine: Engine) -> None:
    """`python -m infra.check` must not judge other values than the program gets."""
    texts = {"ON": "on", "YES": "yes", "TIME": "1:30", "SWITCH": True, "NUMBER": 3, "NONE": None, "HALF": 0.5}
    configure(engine, lambda config: config["services"]["orders"].update(environment=texts))
    engine.file.write_text(engine.file.read_text(encoding="utf-8").replace("'", ""), encoding="utf-8")
    listed: dict[str, dict[str, str]] = json.loads(engine.run("config", "--json").stdout)
    given = {
        key: json.loads(entry["value"]) if entry["value"].startswith(("{", "[")) else entry["value"]
        for key, entry in listed.items()
    }
    assert read(engine.file, WHERE) == given
    assert given["a-tu-mano:services"]["orders"]["environment"] == texts
