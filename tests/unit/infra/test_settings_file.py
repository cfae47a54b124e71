"""A stack's file: read as the engine reads it, and refused with the line that is wrong."""

from pathlib import Path

import pytest

from infra.errors import SettingsError
from infra.settings_file import name_of, read

WHERE = name_of("local")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "stacks").mkdir()
    return tmp_path / WHERE


def refused(file: Path) -> str:
    with pytest.raises(SettingsError) as raised:
        read(file, WHERE)
    return str(raised.value)


def test_values_keep_their_types_and_scalars_at_the_top_are_text(file: Path) -> None:
    file.write_text(
        "config:\n  a:number: 3\n  a:switch: true\n  a:map: {port: 80, switch: false, none: null, half: 0.5}\n"
    )
    assert read(file, WHERE) == {
        "a:number": "3",
        "a:switch": "true",
        "a:map": {"port": 80, "switch": False, "none": None, "half": 0.5},
    }


@pytest.mark.parametrize("text", ["on", "yes", "no", "1:30"])
def test_text_that_older_yaml_takes_for_something_else_is_text_as_it_is_to_the_engine(file: Path, text: str) -> None:
    file.write_text(f"config:\n  a:map: {{value: {text}}}\n")
    assert read(file, WHERE) == {"a:map": {"value": text}}


def test_a_missing_file_names_the_stacks_there_are(file: Path) -> None:
    (file.parent / "Pulumi.dev.yaml").touch()
    (file.parent / "Pulumi.prod.yaml").touch()
    assert refused(file) == (
        "stacks/Pulumi.local.yaml: the file is not there, a stack out of dev, prod is required. "
        "Name one of them, or write the file after stacks/README.md."
    )


def test_a_key_written_twice_names_its_line(file: Path) -> None:
    file.write_text("config:\n  a:prefix: one\n  a:prefix: two\n")
    assert refused(file) == (
        'stacks/Pulumi.local.yaml: line 3 cannot be read: key "a:prefix" is written twice, valid YAML is required. '
        "Correct the line."
    )


def test_broken_yaml_names_its_line(file: Path) -> None:
    file.write_text("config:\n  a: [1\n")
    assert refused(file).startswith("stacks/Pulumi.local.yaml: line 3 cannot be read: ")


@pytest.mark.parametrize("content", ["", "config:\n", "config: []\n", "- config\n"])
def test_a_file_without_settings_is_refused(file: Path, content: str) -> None:
    file.write_text(content)
    assert refused(file) == (
        "stacks/Pulumi.local.yaml: config is missing, a mapping of settings is required. See stacks/README.md."
    )
