"""bitbucket-pipelines.yml: images with a version, commands that there are, and a token only where Google trusts it."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from infra.settings import ROOT

PIPELINES = yaml.safe_load((ROOT / "bitbucket-pipelines.yml").read_text(encoding="utf-8"))


def steps(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "step":
                yield value
            else:
                yield from steps(value)
    elif isinstance(node, list):
        for value in node:
            yield from steps(value)


ALL = list(steps(PIPELINES["pipelines"]))


def test_every_image_has_a_version() -> None:
    for image in [PIPELINES["image"], *(step["image"] for step in ALL if "image" in step)]:
        assert re.search(r":\d+\.\d+\.\d+|@sha256:[0-9a-f]{64}", image)


def test_every_command_is_one_of_the_makefile() -> None:
    known = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    called = [line.split()[1:] for step in ALL for line in step["script"] if line.startswith("make ")]
    assert called
    assert {target for targets in called for target in targets} <= known


def test_a_token_is_only_had_where_it_is_bound_to_a_deployment_environment() -> None:
    """Google refuses the others (identity.py)."""
    with_token = [step for step in ALL if step.get("oidc")]
    assert with_token
    assert all("deployment" in step for step in with_token)


def test_a_pull_request_has_no_token() -> None:
    assert not [step for step in steps(PIPELINES["pipelines"]["pull-requests"]) if step.get("oidc")]
