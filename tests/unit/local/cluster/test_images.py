import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from local.cluster.images import Program, make_archive, shared_libraries


@pytest.fixture
def program(tmp_path: Path) -> Program:
    file = tmp_path / "tool"
    file.write_bytes(b"\x7fELF tool")
    return Program("tool", {"/usr/local/bin/tool": file}, ("/usr/local/bin/tool", "-x"))


def blobs(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        return {entry.name: content.read() for entry in tar if (content := tar.extractfile(entry)) is not None}


def document(files: dict[str, bytes], descriptor: dict[str, Any]) -> bytes:
    content = files["blobs/" + descriptor["digest"].replace(":", "/")]
    assert descriptor["size"] == len(content)
    assert descriptor["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    return content


def test_an_archive_is_a_whole_oci_layout(program: Program, tmp_path: Path) -> None:
    files = blobs(make_archive(program, tmp_path / "out"))
    (described,) = json.loads(files["index.json"])["manifests"]
    assert described["annotations"]["io.containerd.image.name"] == program.reference
    manifest = json.loads(document(files, described))
    image = json.loads(document(files, manifest["config"]))
    (layer,) = manifest["layers"]
    assert image["rootfs"]["diff_ids"] == [layer["digest"]]
    assert image["config"]["Entrypoint"] == ["/usr/local/bin/tool", "-x"]
    assert image["config"]["User"] == "65532:65532"
    with tarfile.open(fileobj=io.BytesIO(document(files, layer))) as tar:
        assert {entry.name: oct(entry.mode) for entry in tar} == {
            "tmp": "0o1777",
            "usr": "0o755",
            "usr/local": "0o755",
            "usr/local/bin": "0o755",
            "usr/local/bin/tool": "0o755",
        }


def test_only_the_archive_stays(program: Program, tmp_path: Path) -> None:
    archive = make_archive(program, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == [archive]


def test_the_same_program_makes_the_same_bytes(program: Program, tmp_path: Path) -> None:
    first, second = (make_archive(program, tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second


def test_another_program_gets_another_tag(program: Program, tmp_path: Path) -> None:
    before = program.reference
    (tmp_path / "tool").write_bytes(b"\x7fELF newer tool")
    assert program.reference != before
    assert program.reference.startswith("a-tu-mano.local/tool:")


def test_a_linked_program_brings_its_libraries_and_loader() -> None:
    found = shared_libraries(Path(sys.executable).resolve())
    assert any("libc.so" in inside for inside in found)
    assert any("/ld-" in inside for inside in found)
    assert all(file.is_file() for file in found.values())


def test_a_static_program_brings_nothing(tmp_path: Path) -> None:
    script = tmp_path / "static"
    script.write_text("no ELF at all")
    assert shared_libraries(script) == {}
