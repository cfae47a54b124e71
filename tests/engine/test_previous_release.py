"""A stack made by an earlier release previews with the present program, and nothing is replaced or lost.

`states/dev-<release>.json.gz` is what `pulumi stack export` says of `dev` without its shop, as that release makes it:
with A_TU_MANO_REHEARSAL_STATE naming an empty folder whose file `passphrase` is "of a test", and A_TU_MANO_IMAGES=none,
the acts `world`, `bootstrap` and `up` of `local.rehearsal.act`. A release adds its own; none is ever changed.

Does not prove: that Google's provider of that release wrote the state in the same form.
"""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from infra.settings import ROOT

STATES = sorted((Path(__file__).parent / "states").glob("*.json.gz"))


@pytest.mark.parametrize("file", STATES, ids=lambda file: file.name.removesuffix(".json.gz"))
def test_nothing_of_an_earlier_release_is_replaced(file: Path, tmp_path: Path) -> None:
    state = tmp_path / "rehearsal"
    state.mkdir(mode=0o700)
    (state / "passphrase").write_text("of a test")
    exported = json.loads(gzip.decompress(file.read_bytes()))
    assert len(exported["deployment"]["resources"]) > 100
    (tmp_path / "state.json").write_text(json.dumps(exported))

    def act(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "A_TU_MANO_REHEARSAL_STATE": str(state), "A_TU_MANO_IMAGES": "none"}
        command = [sys.executable, "-m", "local.rehearsal.act", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    act("world", "dev")
    act("bootstrap", "dev")
    act("pulumi", "dev", "stack", "ls")
    salt = exported["deployment"]["secrets_providers"]["state"]["salt"]
    (state / "dev" / "encryptionsalt").write_text(yaml.safe_dump({"encryptionsalt": salt}))
    act("pulumi", "dev", "stack", "import", "--file", str(tmp_path / "state.json"))
    shown = act("preview", "dev").stdout
    assert "+-" not in shown, shown
    assert not any(line.startswith("  - ") for line in shown.splitlines()), shown
