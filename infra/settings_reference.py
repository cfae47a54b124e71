"""`python -m infra.settings_reference [FILE]`: the reference of all settings, made from the types that check them.

Without FILE it goes to standard output; `stacks/README.md` is what it wrote last, and a test compares the two.
"""

import ast
import inspect
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from infra.settings import KUBECONFIG_VARIABLE
from infra.settings_file import FILE_VARIABLE
from infra.settings_images import IMAGES_VARIABLE
from infra.settings_models import StackSettings
from infra.settings_problems import NAMESPACE, plain
from infra.settings_types import Requirement

_INTRODUCTION = f"""\
# Settings of a stack

Made by `python -m infra.settings_reference stacks/README.md`; do not edit.

A stack is the file `Pulumi.<stack>.yaml` in this folder; its keys stand under `config`. Keys not listed here are
refused, and `python -m infra.check <stack>` names every mistake. Two environment variables complete it:
`{KUBECONFIG_VARIABLE}`, the kubeconfig file, and, with `images.source: file`, `{IMAGES_VARIABLE}`, the file the
image build writes. A third, `{FILE_VARIABLE}`, names a file to be read in place of the stack's own.

`<service>` stands for {{service}}.

| Key | Required to be | Default | Meaning |
|---|---|---|---|
"""


def reference() -> str:
    """The whole document."""
    key_type, _ = get_args(StackSettings.model_fields["services"].annotation)
    introduction = _INTRODUCTION.replace("{service}", _requirement(key_type))
    return introduction + "".join(f"{row}\n" for row in _rows(StackSettings, f"{NAMESPACE}:"))


def _rows(model: type[BaseModel], prefix: str) -> Iterator[str]:
    meanings = _meanings(model)
    for name, field in model.model_fields.items():
        key, inner = f"{prefix}{field.alias or name}", plain(field.annotation)
        description = meanings.get(name) or (inner.__doc__ if _is_section(inner) else None) or ""
        yield f"| `{key}` | {_required(field)} | {_default(field)} | {' '.join(description.split())} |"
        if _is_section(inner):
            yield from _rows(inner, f"{key}.")
        elif get_origin(inner) is dict and _is_section(get_args(inner)[1]):
            yield from _rows(get_args(inner)[1], f"{key}.<service>.")


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """Docstring of each field; read here and not by pydantic, which would read them at every start of the program."""
    section = next(node for node in ast.walk(ast.parse(inspect.getsource(model))) if isinstance(node, ast.ClassDef))
    return {
        field.target.id: text.value.value
        for field, text in itertools.pairwise(section.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _required(field: FieldInfo) -> str:
    own = next((part for part in field.metadata if isinstance(part, Requirement)), None)
    if own is not None:
        return own.text
    annotation: Any = field.annotation
    inner = plain(annotation)
    optional = " or null" if type(None) in get_args(annotation) else ""
    if get_origin(inner) is tuple:
        return f"a list, each {_requirement(get_args(inner)[0])}"
    if get_origin(inner) is dict:
        key, value = get_args(inner)
        return f"a mapping; key: {_requirement(key)}; value: {_requirement(value)}"
    if _is_section(inner):
        return f"a mapping{optional}"
    named = next(part for part in get_args(annotation) if part is not type(None))
    return f"{_requirement(named)}{optional}"


def _requirement(annotation: Any) -> str:
    if get_origin(annotation) is Annotated:
        return next(part.text for part in annotation.__metadata__ if isinstance(part, Requirement))
    return "see below"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is PydanticUndefined or isinstance(default, BaseModel):
        return "see below"
    return f"`{json.dumps(default)}`"


def _is_section(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
    else:
        sys.stdout.write(reference())
