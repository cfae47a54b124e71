"""The reference of settings is what the types say today."""

from infra.settings import ROOT
from infra.settings_reference import reference


def test_the_committed_reference_is_current() -> None:
    """After a change: `python -m infra.settings_reference stacks/README.md`."""
    assert (ROOT / "stacks/README.md").read_text(encoding="utf-8") == reference()


def test_every_setting_has_a_meaning() -> None:
    rows = [line.split(" | ") for line in reference().splitlines() if line.startswith("| `")]
    assert len(rows) > 50
    assert [row[0] for row in rows if not row[3].rstrip(" |")] == []
