"""What each check of checkov is worth."""

from pathlib import Path

import pytest
import yaml

from policies import rules
from policies.controls import control
from policies.model import Judge, Worth
from policies.second_opinion import catalogue
from policies.second_opinion.errors import OpinionError


def test_every_check_says_all_that_a_reader_needs() -> None:
    for id_, entry in catalogue.entries().items():
        check = entry.check
        assert check.id == id_
        assert check.judge is Judge.CHECKOV
        assert check.title[0].isupper() or check.title.split()[0] in (
            "curl",
            "wget",
            "pip",
            "apk",
            "npm",
            "git",
            "rpm",
            "dnf",
            "yum",
            "apt-get",
        )
        assert not check.title.endswith(".")
        assert check.reason.endswith("."), id_
        assert check.fix.endswith("."), id_
        assert not entry.note or entry.note.endswith("."), id_


def test_controls_are_in_a_catalogue() -> None:
    for entry in catalogue.entries().values():
        for id_ in entry.check.controls:
            assert control(id_)


def test_the_rules_that_ask_instead_are_there() -> None:
    known = {rule.id for rule in rules.RULES}
    named = {id_ for entry in catalogue.entries().values() for id_ in entry.instead}
    assert named - known == set()


def test_what_is_not_sound_says_why() -> None:
    unsound = [entry for entry in catalogue.entries().values() if entry.check.worth is not Worth.SOUND]
    assert len(unsound) >= 20
    assert all(entry.why_not for entry in unsound)
    assert catalogue.entries()["CKV_GCP_64"].why_not.endswith("Asked by `gke-private-nodes` instead.")


def test_noise_is_left_out_by_name_and_not_reported_besides() -> None:
    dropped = catalogue.dropped()
    assert {"CKV_K8S_68", "CKV_K8S_100", "CKV_K8S_119", "CKV_K8S_151", "CKV_K8S_33"} <= dropped.keys()
    assert "CKV_K8S_121" not in dropped
    assert all(dropped.values())
    assert dropped.keys() & catalogue.entries().keys() == set()


@pytest.mark.parametrize(("worth", "note"), [("wrong", ""), ("sound", "It is.")])
def test_a_note_is_for_what_is_not_sound(
    worth: str, note: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = {"title": "T", "severity": "low", "reason": "R.", "fix": "F.", "worth": worth, "note": note}
    for file in catalogue._FILES:
        (tmp_path / file).write_text(yaml.safe_dump({"CKV_1": entry}), encoding="utf-8")
    monkeypatch.setattr(catalogue, "_FOLDER", tmp_path)
    with pytest.raises(OpinionError, match="CKV_1 is"):
        catalogue.entries.__wrapped__()
