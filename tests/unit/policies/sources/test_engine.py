"""Captures from what the engine says. That the real one says the same as the program is the rehearsal's test."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from infra.settings import ROOT
from policies.capture import SECRET, UNKNOWN, Capture, CaptureError
from policies.sources import engine, read

STATE = ROOT / "tests/engine/states/dev-2026-11.json.gz"
KEY = "urn:pulumi:dev::a-tu-mano::a-tu-mano:gcp:Keys$gcp:kms/cryptoKey:CryptoKey::keys-cluster"


@pytest.fixture(scope="module")
def exported() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(gzip.decompress(STATE.read_bytes()))
    return document


def test_a_state_is_read_without_what_engine_and_provider_added(exported: dict[str, Any]) -> None:
    capture = engine.from_state(exported)
    assert (capture.stack, capture.project, capture.source) == ("dev", "a-tu-mano", "state")
    kinds = {resource.type for resource in capture.resources}
    assert "pulumi:pulumi:Stack" not in kinds
    assert not [r for r in capture.resources if r.name.startswith("default_")]
    key = capture.find(KEY)
    assert key is not None
    assert key.protect
    assert key.get("keyRing").startswith("projects/")
    assert (key.file, type(key.line)) == ("infra/components/keys.py", int)
    assert key.property_dependencies == {"keyRing": key.dependencies}
    [pool] = [r for r in capture.resources if r.name == "cluster-database"]
    assert not pool.has("name")
    assert not [r.urn for r in capture.resources if r.unknowns()]


def test_a_preview_reads_like_the_state_it_would_make(exported: dict[str, Any]) -> None:
    states = exported["deployment"]["resources"]
    steps = [{"op": "same", "urn": state["urn"], "newState": state} for state in states]
    steps.append({"op": "delete", "urn": "urn:pulumi:dev::a::b::c", "oldState": states[3]})
    preview = engine.from_preview({"steps": steps})
    assert preview.source == "preview"
    assert preview.resources == engine.from_state(exported).resources


def test_what_is_not_known_and_secret_in_a_preview_stays_so() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
    inputs = {"a": "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "b": [secret], "n": 2.0, "__defaults": ["d"], "d": 1}
    urn = "urn:pulumi:s::p::t:i:T::name"
    capture = engine.from_preview(
        {"steps": [{"op": "create", "newState": {"urn": urn, "type": "t:i:T", "inputs": inputs}}]}
    )
    [only] = capture.resources
    assert dict(only.inputs) == {"a": UNKNOWN, "b": [SECRET], "n": 2}


@pytest.mark.parametrize("content", ["", "[]", '{"steps": []}', '{"deployment": {"resources": []}}', '{"x": 1}'])
def test_what_is_no_capture_is_refused_in_a_sentence(content: str, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(content)
    with pytest.raises(CaptureError, match=r"required\.$"):
        read(file)
    with pytest.raises(CaptureError, match="can't be read"):
        read(tmp_path / "missing.json")


def test_each_kind_of_file_is_known(exported: dict[str, Any], prod: Capture, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    for document, source in ((exported, "state"), (prod.dump(), "program"), ({"capture": prod.dump()}, "program")):
        file.write_text(json.dumps(document))
        assert read(file).source == source


def test_a_capture_of_another_version_is_refused(prod: Capture, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps({**prod.dump(), "version": 99}))
    with pytest.raises(CaptureError, match=r"version 99; .* version 1 is required"):
        read(file)
