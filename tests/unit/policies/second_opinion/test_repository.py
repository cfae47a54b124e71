"""The repository's files that checkov reads."""

from hashlib import sha1
from pathlib import Path

import pytest

from policies.second_opinion import environment, repository
from policies.second_opinion.errors import OpinionError
from tests.unit.policies.second_opinion.checkouts import made

FILES = {"app/Dockerfile": "FROM x:1\n", "bitbucket-pipelines.yml": "image: x:1\n", "a.py": "x = 1\n", "ä b.txt": "y\n"}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "HOME", tmp_path / "cache")
    monkeypatch.setattr(repository, "_KEPT", tmp_path / "cache" / "secrets.json")


def test_all_files_of_git_are_read_as_they_are_on_the_disk(tmp_path: Path) -> None:
    root = made(tmp_path, FILES)
    (root / "a.py").unlink()
    (root / "not-added.py").write_text("z = 1\n", encoding="utf-8")
    files = repository.tracked(root)
    assert sorted(files.paths) == ["app/Dockerfile", "bitbucket-pipelines.yml", "ä b.txt"]
    assert files.dockerfiles == ["app/Dockerfile"]
    assert files.pipelines == ["bitbucket-pipelines.yml"]


def test_a_folder_that_is_no_checkout_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OpinionError, match="is no checkout of git"):
        repository.tracked(tmp_path)


def test_what_was_found_is_kept_until_the_file_changes(tmp_path: Path) -> None:
    root = made(tmp_path, FILES)
    files = repository.tracked(root)
    assert repository.known(files) == {}
    found = {"check": "CKV_SECRET_6", "file": "a.py", "line": 1}
    repository.keep(files, [found], files.paths)
    assert repository.known(files) == {**{path: [] for path in files.paths}, "a.py": [found]}
    (root / "a.py").write_text("x = 2\n", encoding="utf-8")
    assert "a.py" not in repository.known(repository.tracked(root))


def test_nothing_is_kept_of_another_checkov(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = repository.tracked(made(tmp_path, FILES))
    repository.keep(files, [], files.paths)
    assert len(repository.known(files)) == len(FILES)
    monkeypatch.setattr(environment, "digest", lambda: "another")
    assert repository.known(files) == {}


@pytest.mark.parametrize(
    ("line", "value", "name"),
    [
        ('type="gcp:kms/keyRing:KeyRing"', "gcp:kms/keyRing:KeyRing", True),
        ('type="gcp:kms/keyRing:KeyRing"', "KeyRing", True),
        ('name="projects/p-1/secrets/s/versions/1"', "projects/p-1/secrets/s/versions/1", True),
        ('type="gcp:kms/keyRing:KeyRing", more="hello"', "hello", False),
        ("hello is in projects/p", "projects/p", False),
    ],
)
def test_names_are_no_secrets(line: str, value: str, name: bool, tmp_path: Path) -> None:  # noqa: FBT001
    files = repository.tracked(made(tmp_path, {"a.py": f"#\n{line}\n"}))
    found = {"file": "a.py", "line": 2, "resource": sha1(value.encode()).hexdigest()}  # noqa: S324 - as checkov does
    assert files.is_name(found) is name
