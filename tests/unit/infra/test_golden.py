"""Inventories and table of changes are what the program makes them; `make golden` writes them anew."""

import re

import pytest

from infra.settings_reference import reference
from tests.golden import changes
from tests.golden.inventory import STACKS, file_of, inventory


@pytest.mark.parametrize("stack", STACKS)
def test_the_inventory_is_current(stack: str) -> None:
    """Shown as a diff where it is not: read it, and run `make golden` if it is meant."""
    assert inventory(stack).splitlines() == file_of(stack).read_text(encoding="utf-8").splitlines()


def test_every_setting_of_a_stack_on_gcp_has_a_row() -> None:
    keys = {re.sub(r"<\w+>", "*", key) for key in re.findall(r"^\| `a-tu-mano:(\S+)`", reference(), re.MULTILINE)}
    sections = {key.rpartition(".")[0] for key in keys}
    # What only a cluster of somebody else's has, what a rehearsal alone sets, and what no run of the engine reads.
    elsewhere = re.compile(
        r"kubernetes\.context|credentials|edge\.(url|proxies)|images|gcp\.rehearsal|database\.engine"
    )
    wanted = {key for key in keys - sections - {"services"} if not elsewhere.match(key)}
    changed = {_general(setting) for setting, _ in changes.CHANGES}
    missing = {key for key in wanted if not any(_covers(row, key) for row in changed)}
    assert missing == set()


def _general(setting: str) -> str:
    return re.sub(r"^(services|gcp\.cluster\.pools|gcp\.delivery\.triggers)\.[a-z-]+", r"\1.*", setting)


def _covers(row: str, key: str) -> bool:
    return row == key or key.startswith(f"{row}.")


def test_the_table_of_changes_is_current() -> None:
    committed = changes.FILE.read_text(encoding="utf-8").splitlines()
    assert changes.document().splitlines() == committed
