"""The stack's surroundings: the named cluster's kubeconfig, the settings file the engine gets, what a user is shown."""

import subprocess
from pathlib import Path

import pytest
import yaml

from local import root_secret, stack
from local.workspace import StackError


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    for name in ("STATE", "BACKEND"):
        monkeypatch.setattr(stack, name, folder if name == "STATE" else folder / "pulumi")
    monkeypatch.setattr(stack, "EXTERNAL_KUBECONFIG", folder / "kubeconfig")
    monkeypatch.setattr(stack, "CONFIG_FILE", folder / "Pulumi.local.yaml")
    monkeypatch.setattr(stack, "SALT", folder / "encryptionsalt")
    return folder


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "config"
    file.write_text(
        yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "work",
                "contexts": [{"name": name, "context": {"cluster": "c", "user": "u"}} for name in ("work", "kind-dev")],
                "clusters": [{"name": "c", "cluster": {"server": "https://x", "certificate-authority": "ca.crt"}}],
                "users": [{"name": "u", "user": {"client-certificate": "/abs/u.crt", "client-key": "u.key"}}],
            }
        )
    )
    monkeypatch.setenv("KUBECONFIG", str(file))
    return file


def test_the_named_context_is_taken_in_a_private_copy(state: Path, kubeconfig: Path) -> None:
    before = kubeconfig.read_bytes()
    stack.use_context("kind-dev")
    copy = yaml.safe_load((state / "kubeconfig").read_text())
    assert copy["current-context"] == "kind-dev"
    assert (state / "kubeconfig").stat().st_mode & 0o777 == 0o600
    assert kubeconfig.read_bytes() == before
    assert stack.kubeconfig() == state / "kubeconfig"


def test_files_named_beside_the_kubeconfig_are_found_from_the_copy(state: Path, kubeconfig: Path) -> None:
    stack.use_context("work")
    copy = yaml.safe_load((state / "kubeconfig").read_text())
    assert copy["clusters"][0]["cluster"]["certificate-authority"] == str(kubeconfig.parent / "ca.crt")
    assert copy["users"][0]["user"] == {
        "client-certificate": "/abs/u.crt",
        "client-key": str(kubeconfig.parent / "u.key"),
    }


def test_an_unknown_context_is_one_sentence_with_the_known_ones(state: Path, kubeconfig: Path) -> None:
    with pytest.raises(StackError, match=r"^CONTEXT is 'prod', but .*/config has only the contexts work, kind-dev\."):
        stack.use_context("prod")
    assert not (state / "kubeconfig").exists()


def test_a_kubeconfig_that_is_not_there_is_one_sentence(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    with pytest.raises(StackError, match=r"can't be read: No such file or directory\. Set KUBECONFIG to its path\.$"):
        stack.use_context("work")


def test_the_salt_reaches_the_engine_without_a_change_of_the_committed_settings(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("A_TU_MANO_EDGE_PORT", raising=False)
    committed = Path("stacks/Pulumi.local.yaml").read_text()
    (state / "encryptionsalt").write_text("encryptionsalt: v1:abc\n")
    stack._workspace().write_config_file()
    written = yaml.safe_load((state / "Pulumi.local.yaml").read_text())
    assert written.pop("encryptionsalt") == "v1:abc"
    assert written == yaml.safe_load(committed)
    assert "encryptionsalt" not in committed


def test_a_settings_file_of_one_s_own_is_taken_in_place_of_the_stack_s(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("config:\n  a-tu-mano:prefix: own\n")
    monkeypatch.setenv("A_TU_MANO_SETTINGS", str(own))
    (state / "encryptionsalt").write_text("encryptionsalt: v1:abc\n")
    stack._workspace().write_config_file()
    assert stack.instance() == "own-local"
    assert yaml.safe_load((state / "Pulumi.local.yaml").read_text())["encryptionsalt"] == "v1:abc"


def test_a_shop_does_not_move_from_one_named_cluster_to_another(state: Path, kubeconfig: Path) -> None:
    stack.use_context("kind-dev")
    with pytest.raises(
        StackError, match=r"^CONTEXT is 'work', but the shop is in 'kind-dev'\. Run `make down` first\.$"
    ):
        stack.use_context("work")
    assert yaml.safe_load((state / "kubeconfig").read_text())["current-context"] == "kind-dev"


def test_nothing_is_destroyed_where_nothing_was_made(state: Path) -> None:
    assert stack.destroy() == 0


def test_only_what_was_made_is_destroyed_whatever_the_settings_say_by_now(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a killed run left a lock, which another command of the engine takes away first."""
    (state / "encryptionsalt").write_text("encryptionsalt: v1:abc\n")
    used = "config:\n  a-tu-mano:credentials: {namespace: of-this-stack}\n"
    (state / "Pulumi.local.yaml").write_text(used)
    locks = state / "pulumi" / ".pulumi" / "locks"
    locks.mkdir(parents=True)
    (locks / "1.json").write_text('{"pid": 4194305}')  # No machine has so many processes.
    run: list[str] = []
    removed: list[str] = []

    def engine(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        run.append(command[1])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", engine)
    monkeypatch.setattr(root_secret, "remove", lambda _, where: removed.append(where.namespace))
    assert stack.destroy() == 0
    assert run == ["cancel", "destroy"]
    assert removed == ["of-this-stack"]
    assert (state / "Pulumi.local.yaml").read_text() == used


def test_the_engine_is_not_run_without_a_stack(state: Path) -> None:
    with pytest.raises(StackError, match="There is no stack 'local' on this machine"):
        stack.pulumi(["preview"])


def test_another_port_of_the_edge_is_another_address_of_the_shop(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TU_MANO_EDGE_PORT", "9999")
    (state / "encryptionsalt").write_text("encryptionsalt: v1:abc\n")
    stack._workspace().write_config_file()
    written = yaml.safe_load((state / "Pulumi.local.yaml").read_text())
    assert written["config"]["a-tu-mano:edge"]["url"] == "http://localhost:9999"


def test_the_summary_shows_the_frontend_first_and_three_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "endpoints", lambda: {"auth": "http://h/auth", "frontend": "http://h/"})
    lines = [line for line in stack.summary().splitlines() if line.strip()]
    assert lines[1].split() == ["frontend", "http://h/"]
    assert [line.split()[:2] for line in lines[-3:]] == [["make", "status"], ["make", "logs"], ["make", "down"]]


def test_no_stack_is_one_sentence(state: Path) -> None:
    with pytest.raises(StackError, match=r"^There is no stack 'local' on this machine\. Run `make up`\.$"):
        stack.endpoints()
