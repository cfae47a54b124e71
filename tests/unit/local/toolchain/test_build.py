"""What is built, from what, and where it is put."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from local.steps import Log, StepFailedError
from local.toolchain import build


def test_the_versions_a_binary_carries_are_those_of_the_modules() -> None:
    flags = build._ldflags(build.MODULE)
    pins = build._pins(build.MODULE)
    assert f"k8s.io/component-base/version.gitVersion={pins['k8s.io/kubernetes']}" in flags
    assert f"sdk/v3/go/common/version.Version={pins['github.com/pulumi/pulumi/sdk/v3']}" in flags
    assert pins["k8s.io/kubernetes"].startswith("v1.36.")


def test_kubernetes_libraries_are_those_of_the_kubernetes_that_is_built() -> None:
    """A library of another minor version would make a server that nobody released."""
    pins = build._pins(build.MODULE)
    library = pins["k8s.io/kubernetes"].replace("v1.", "v0.")
    text = (build.MODULE / "go.mod").read_text()
    replaced = [line.split() for line in text.splitlines() if line.startswith("\tk8s.io/") and "=>" in line]
    assert len(replaced) > 30
    assert {words[3] for words in replaced} == {library}


def test_the_provider_shares_the_libraries_of_the_rest() -> None:
    """Another version of a library would be compiled a second time; only the engine's own may differ."""
    ours, theirs = build._pins(build.MODULE), build._pins(build.PROVIDER)
    differing = {name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]}
    heavy = {
        name for name in differing if name.startswith(("k8s.io/", "sigs.k8s.io/", "google.golang.org/grpc", "cloud."))
    }
    assert heavy == set()
    assert {"github.com/pulumi/pulumi/pkg/v3", "github.com/pulumi/pulumi/sdk/v3"} <= differing


def test_the_plugin_has_the_version_of_the_sdk() -> None:
    installed = Path("requirements/dev.lock").read_text()
    assert f"pulumi-kubernetes=={build.provider_version()} " in installed
    assert build.provider_folder().name == f"resource-kubernetes-v{build.provider_version()}"


def test_what_is_built_in_this_version_is_not_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "BIN", tmp_path)
    (tmp_path / "ctr").touch()
    (tmp_path / "built.json").write_text(f'{{"ctr": "{build._key()}"}}')
    monkeypatch.setattr(build, "go", lambda: pytest.fail("built again"))
    log = Log(tmp_path / "log")
    build._build(log, {"ctr": "x"})
    assert log.detail == "already built"


def test_an_old_go_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "go"
    old.write_text("#!/bin/sh\necho go1.19.8\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StepFailedError, match=r"/go is go1\.19\.8; Go 1\.26 or newer is required\.$"):
        build.go()


@pytest.mark.parametrize("version", ["v3.274.1", "v3.100.0", "v4.0.0"])
def test_a_cli_on_path_is_used_when_it_fits(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "pulumi").write_text(f"#!/bin/sh\necho {version}\n")
    (elsewhere / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{elsewhere}:/usr/bin:/bin")
    monkeypatch.setattr(build, "BIN", tmp_path / "bin")

    def refuse(*_args: object) -> None:
        msg = "built"
        raise StepFailedError(msg)

    monkeypatch.setattr(build, "_build", refuse)
    if version == "v3.274.1":
        build.cli(Log(tmp_path / "log"))
        assert (tmp_path / "bin" / "pulumi").resolve() == (elsewhere / "pulumi").resolve()
    else:
        with pytest.raises(StepFailedError, match=r"^built$"):
            build.cli(Log(tmp_path / "log"))


def test_go_files_are_formatted() -> None:
    unformatted = subprocess.run(["gofmt", "-l", build.MODULE], capture_output=True, text=True, check=True).stdout
    assert unformatted == ""


def test_pyproject_checks_all_that_is_written() -> None:
    files = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["mypy"]["files"]
    folders = {path.parent.parts[0] for path in Path().glob("*/**/*.py") if not path.parts[0].startswith(".")}
    assert folders - set(files) == set()
