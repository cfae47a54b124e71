"""Habits of the program that no linter knows."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.settings import ROOT

INFRA = ROOT / "infra"
FILES = sorted(INFRA.rglob("*.py"))
COMPONENTS = [file for file in FILES if file.parent.name == "components"]


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def test_configuration_has_one_door() -> None:
    doors = {
        str(file.relative_to(ROOT))
        for file in FILES
        if re.search(r"os\.environ|os\.getenv|pulumi\.Config|get_config_env", file.read_text(encoding="utf-8"))
    }
    # The second one says which file the first one reads.
    assert doors == {"infra/settings.py", "infra/settings_file.py"}


def test_no_module_is_named_like_the_standard_library() -> None:
    """The engine puts infra/ first on the path."""
    assert {file.stem for file in FILES if file.stem in sys.stdlib_module_names} <= {"__init__", "__main__"}


def test_the_program_is_short() -> None:
    assert len((INFRA / "__main__.py").read_text(encoding="utf-8").splitlines()) <= 30


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(INFRA)))
def test_no_resource_is_made_inside_apply(file: Path) -> None:
    """A preview could not see it while the value is unknown."""
    for call in calls(tree_of(file)):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "apply":
            made = [inner.func for argument in call.args for inner in calls(argument)]
            assert not [f for f in made if isinstance(f, ast.Name) and f.id[0].isupper()], ast.unparse(call)


@pytest.mark.parametrize("file", COMPONENTS, ids=lambda file: file.stem)
def test_options_given_to_a_component_reach_no_child(file: Path) -> None:
    """Aliases, import ids and the like of a component are not those of its children."""
    for call in calls(tree_of(file)):
        for keyword in call.keywords:
            if keyword.arg == "opts" and isinstance(keyword.value, ast.Name):
                pytest.fail(ast.unparse(call))


@pytest.mark.parametrize("file", COMPONENTS, ids=lambda file: file.stem)
def test_a_component_registers_its_outputs_last(file: Path) -> None:
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Component" for base in node.bases):
            [constructor] = [
                part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"
            ]
            assert ast.unparse(constructor.body[0]) == "super().__init__(name, opts)", node.name
            assert ast.unparse(constructor.body[-1]).startswith("self.register_outputs("), node.name


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(INFRA)))
def test_every_file_fits_in_the_head(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300


def test_every_component_has_its_page() -> None:
    named = {
        node.name.lower()
        for file in COMPONENTS
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Component" for base in node.bases)
    }
    assert {page.stem for page in (ROOT / "docs/components").glob("*.md")} >= named
