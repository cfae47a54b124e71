"""`make set`: one value of a stack's file changes and nothing else does; what the setting does not take is refused."""

from pathlib import Path

import pytest
import yaml

from local import set as command
from local.rehearsal.overlay import rehearsed
from local.set import SetError

FILE = """\
# A comment.
config:
  a-tu-mano:prefix: atm
  a-tu-mano:gcp:
    region: us-central1  # another
    project: {billingAccount: null, contact: null}
    edge: {domain: null}
"""


@pytest.mark.parametrize(
    ("path", "written", "before", "after"),
    [
        (["prefix"], "shop", "prefix: atm", "prefix: shop"),
        (["gcp", "region"], "europe-west1", "us-central1  #", "europe-west1  #"),
        (["gcp", "project", "contact"], "a@b.com", "contact: null", "contact: a@b.com"),
        (["gcp", "edge", "zone"], "b.com", "edge: {domain", "edge: {zone: b.com, domain"),
        (["gcp", "keys", "ring"], '"2"', "    region", '    keys: {ring: "2"}\n    region'),
    ],
)
def test_one_value_changes(path: list[str], written: str, before: str, after: str) -> None:
    changed = command.replaced(FILE, path, written)
    assert changed == FILE.replace(before, after)
    value = yaml.safe_load(changed)["config"]
    for part in [f"a-tu-mano:{path[0]}", *path[1:]]:
        value = value[part]
    assert str(value) == written.strip('"')


@pytest.mark.parametrize("path", [["gcp", "project"], ["prefix", "inner"]])
def test_what_is_no_single_value_is_refused(path: list[str]) -> None:
    with pytest.raises(SetError, match="a-tu-mano:"):
        command.replaced(FILE, path, "x")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "Pulumi.dev.yaml"
    config = rehearsed(yaml.safe_load(Path("stacks/Pulumi.dev.yaml").read_text())["config"])
    config["a-tu-mano:gcp"]["edge"]["domain"] = None
    config["a-tu-mano:images"]["tags"] = False
    copy.write_text(yaml.safe_dump({"config": config}, default_flow_style=None, width=10_000))
    monkeypatch.setenv("A_TU_MANO_SETTINGS", str(copy))
    return copy


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("gcp.keys.ring", "2", 'keys: {ring: "2"}'),
        ("gcp.project.billingAccount", "0D0D0D-0E0E0E-0F0F0F", 'billingAccount: "0D0D0D-0E0E0E-0F0F0F"'),
        ("gcp.budget.amount", "200", "budget: {amount: 200}"),
    ],
)
def test_a_value_is_written_as_the_setting_wants_it(file: Path, name: str, value: str, found: str) -> None:
    command.set_value("dev", name, value)
    assert found in file.read_text()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("gcp.edge.domain", "shop", "a domain name you own"),
        ("gcp.edgy.domain", "a.com", 'Did you mean "edge"?'),
        ("gcp.cluster.pools.database.spot", "maybe", "true or false is required"),
    ],
)
def test_what_the_setting_does_not_take_leaves_the_file_as_it_was(file: Path, name: str, value: str, said: str) -> None:
    before = file.read_text()
    with pytest.raises(SetError) as refused:
        command.set_value("dev", name, value)
    assert said in str(refused.value)
    assert file.read_text() == before
