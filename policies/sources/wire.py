"""What the engine's messages have in common: how they mark secrets, what is unknown, and where a line of code is."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from local.paths import REPOSITORY
from policies.capture import SECRET, UNKNOWN

ENGINE_ROOT: Final = "pulumi:pulumi:Stack"
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""Key that marks a mapping as more than one. Source: pulumi/sdk, go/common/resource/sig."""
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark, not a secret
_REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_UNKNOWN: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""What stands in a message for what is not known yet: a string, bool, number, list, asset, archive, mapping."""
_CHOSEN: Final = "__defaults"
"""Key of a mapping's properties that the provider filled in."""
_INTERNAL: Final = "__"
"""Keys that begin so are the engine's and the providers' own."""


def plain(value: Any) -> Any:
    """A property of a message as a judge reads it: `SECRET` for secrets, `UNKNOWN` for what is not known yet."""
    if isinstance(value, Mapping):
        if _SIGNATURE in value:
            return _marked(value)
        # What the provider chose, the program did not ask for.
        chosen = value.get(_CHOSEN) or ()
        return {key: plain(part) for key, part in value.items() if not key.startswith(_INTERNAL) and key not in chosen}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return UNKNOWN if isinstance(value, str) and value in _UNKNOWN else value


def _marked(value: Mapping[str, Any]) -> Any:
    match value[_SIGNATURE]:
        case mark if mark == _SECRET:
            return SECRET
        case mark if mark == _REFERENCE:
            return plain(value.get("id") or value.get("urn"))
        case mark if mark == _OUTPUT and not value.get("secret"):
            return plain(value["value"]) if "value" in value else UNKNOWN
        case mark if mark == _OUTPUT:
            return SECRET
        case _:
            return "[asset]"


def line_of(frames: Iterable[tuple[str, int]]) -> tuple[str | None, int | None]:
    """File in the repository and line of the first stack frame that is in the program, innermost first."""
    for uri, line in frames:
        path = Path(unquote(urlsplit(uri).path))
        if path.is_relative_to(REPOSITORY / "infra"):
            return str(path.relative_to(REPOSITORY)), line
    return None, None
