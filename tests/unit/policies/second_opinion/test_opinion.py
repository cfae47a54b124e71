"""checkov itself, in its own environment, on what the stacks register."""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policies import waivers
from policies.capture import Capture, Resource
from policies.model import Finding, Status, Verdicts
from policies.second_opinion import Opinion, OpinionError, hand_over, opinion
from tests.unit.policies.second_opinion.checkouts import made

KEY = "gcp:kms/cryptoKey:CryptoKey"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
FILES = {
    "app/Dockerfile": "FROM x:1\nUSER 5\n",
    "bitbucket-pipelines.yml": "image: x:1\npipelines: {}\n",
    "a.py": "#\n",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("files"), FILES)


@pytest.fixture(scope="module")
def opinions(prod: Capture, dev: Capture, files: Path) -> Mapping[str, Verdicts]:
    return {capture.stack: said(capture, files) for capture in (prod, dev)}


def said(capture: Capture, root: Path) -> Verdicts:
    with Opinion(root) as one:
        return one.of(capture)


def of(verdicts: Verdicts, *checks: str, status: Status | None = None) -> list[Finding]:
    return [f for f in verdicts.findings if f.check in checks and status in (None, f.status)]


def changed(capture: Capture, type_: str, change: Callable[[dict[str, Any]], object]) -> Capture:
    """The stack with the inputs of the first resource of a type changed."""
    first = capture.of(type_)[0]
    inputs = copy.deepcopy(dict(first.inputs))
    change(inputs)
    return with_(capture, replace(first, inputs=inputs))


def with_(capture: Capture, new: Resource) -> Capture:
    return replace(capture, resources=tuple(new if r.urn == new.urn else r for r in capture.resources))


def test_the_committed_stacks_keep_what_checkov_asks_or_waive_it(
    prod: Capture, dev: Capture, opinions: Mapping[str, Verdicts]
) -> None:
    known = waivers.load()
    for capture in (prod, dev):
        verdicts = opinions[capture.stack]
        google = sum(r.type.startswith("gcp:") for r in capture.resources)
        objects = sum(r.type.startswith("kubernetes:") and not r.read for r in capture.resources)
        assert verdicts.facts["judged"] == {
            "terraform_plan": google, "kubernetes": objects, "dockerfile": 1, "bitbucket_pipelines": 1,
        }  # fmt: skip
        left = [
            f for f in of(verdicts, *(check.id for check in verdicts.checks), status=Status.VIOLATED)
            if not any(capture.stack in waiver.stacks and waiver.covers(f) for waiver in known)
        ]  # fmt: skip
        assert left == []
        assert len({f.key for f in verdicts.findings}) == len(verdicts.findings)
        assert len(of(verdicts, *(check.id for check in verdicts.checks), status=Status.COMPLIANT)) > 250


def test_a_violation_is_of_the_programs_line(prod: Capture, files: Path) -> None:
    broken = changed(prod, KEY, lambda inputs: inputs.update(rotationPeriod="31536000s"))
    broken = changed(broken, DEPLOYMENT, lambda i: i["spec"]["template"]["spec"].update(hostNetwork=True))
    verdicts = said(broken, files)
    [rotation] = of(verdicts, "CKV_GCP_43", status=Status.VIOLATED)
    assert rotation.resource == prod.of(KEY)[0].urn
    assert (rotation.file, rotation.property_path) == ("infra/components/keys.py", "rotationPeriod")
    [network] = of(verdicts, "CKV_K8S_19", status=Status.VIOLATED)
    assert (network.resource, network.file) == (prod.of(DEPLOYMENT)[0].urn, "infra/components/microservice.py")


def test_references_connect_what_belongs_together(prod: Capture, opinions: Mapping[str, Verdicts], files: Path) -> None:
    connected = ("CKV2_GCP_5", "CKV2_GCP_18")
    assert {f.status for f in of(opinions["prod"], *connected)} == {Status.COMPLIANT}
    alone = replace(prod, resources=tuple(replace(r, property_dependencies={}) for r in prod.resources))
    assert Status.COMPLIANT not in {f.status for f in of(said(alone, files), *connected)}


def test_a_secret_in_any_file_is_found_and_found_again(local: Capture, tmp_path: Path) -> None:
    key = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\n"
    root = made(tmp_path, {**FILES, "docs/notes.weird": f"#\n{key}"})
    for _ in range(2):  # The second time out of the cache.
        [one] = of(said(local, root), "CKV_SECRET_13", status=Status.VIOLATED)
        assert (one.resource, one.file, one.line) == ("docs/notes.weird", "docs/notes.weird", 3)


def test_a_dockerfile_and_a_pipeline_are_judged(local: Capture, tmp_path: Path) -> None:
    root = made(
        tmp_path,
        {"app/Dockerfile": "FROM x\nEXPOSE 22\n", "bitbucket-pipelines.yml": "image: x:latest\npipelines: {}\n"},
    )
    verdicts = said(local, root)
    wrong = {f.check: f.resource for f in verdicts.findings if f.status is Status.VIOLATED}
    assert wrong["CKV_DOCKER_1"] == wrong["CKV_DOCKER_3"] == "app/Dockerfile"
    assert wrong["CKV_BITBUCKETPIPELINES_1"] == "bitbucket-pipelines.yml"


def test_resources_that_checkov_drops_silently_fail_the_run(
    prod: Capture, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(capture: Capture, folder: Path) -> Any:
        done = hand_over(capture, folder)
        document = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        modules = document["planned_values"]["root_module"]["child_modules"]
        [keys] = [module for module in modules if module["address"] == "module.keys"]
        del keys["resources"][0]["mode"]
        (folder / "plan.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
        return done

    monkeypatch.setattr(opinion, "hand_over", without)
    with pytest.raises(
        OpinionError, match=r"judged (\d+) of \d+ .* passed over module\.keys\.google_kms_key_ring\.keys\."
    ):
        said(prod, files)


def test_a_plan_that_checkov_ignores_fails_the_run(prod: Capture, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(capture: Capture, folder: Path) -> Any:
        done = hand_over(capture, folder)
        (folder / "plan.json").write_text("{}", encoding="utf-8")
        return done

    monkeypatch.setattr(opinion, "hand_over", without)
    with pytest.raises(OpinionError, match=r"judged 0 of \d+ that it was given as terraform_plan|did not judge all"):
        said(prod, files)


def test_a_manifest_that_is_none_fails_the_run(local: Capture, files: Path) -> None:
    broken = changed(local, DEPLOYMENT, lambda inputs: inputs.pop("kind"))
    with pytest.raises(OpinionError, match=r"as kubernetes; it passed over|did not judge all"):
        said(broken, files)


def test_a_run_that_is_not_wanted_any_more_ends(files: Path) -> None:
    with Opinion(files) as one:
        process, folder = one._process, one._place
    assert process.returncode is not None
    assert not folder.exists()
