"""Whether a version of a schema takes all that the one before took: then what the older takes need not be asked again.

Only what the schemas of Kubernetes say is compared; anything else has to be equal. A doubt means no.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]
Resolve = Callable[[str], Schema]
"""From a reference to the schema it names."""
_COMPARED: Final = ("$ref", "type", "enum", "required", "properties", "additionalProperties", "items")
_SAYING_NOTHING: Final = ("description", "format", "default", "title", "$schema", "$id")


def takes_all_of(old: Schema, new: Schema, old_refs: Resolve, new_refs: Resolve) -> bool:
    """Whether the new schema takes everything the old one takes."""
    return _Comparison(old_refs, new_refs).wider(old, new)


class _Comparison:
    def __init__(self, old_refs: Resolve, new_refs: Resolve) -> None:
        self._old, self._new = old_refs, new_refs
        self._seen: dict[tuple[str, str], bool] = {}

    def wider(self, old: Schema, new: Schema) -> bool:
        if "$ref" in old and "$ref" in new:
            return self._wider_references(old["$ref"], new["$ref"])
        if "$ref" in old or "$ref" in new:
            return False
        return (
            _rest(old) == _rest(new)
            and ("type" not in new or ("type" in old and _types(old) <= _types(new)))
            and _enumerated(old, new)
            and {*new.get("required", [])} <= {*old.get("required", [])}
            and self._wider_fields(old, new)
            and ("items" not in new or ("items" in old and self.wider(old["items"], new["items"])))
        )

    def _wider_references(self, old: str, new: str) -> bool:
        if (old, new) not in self._seen:
            # What refers to itself is as wide as the rest of it.
            self._seen[old, new] = True
            self._seen[old, new] = self.wider(self._old(old), self._new(new))
        return self._seen[old, new]

    def _wider_fields(self, old: Schema, new: Schema) -> bool:
        known, fields = old.get("properties", {}), new.get("properties", {})
        if not all(name in fields and self.wider(schema, fields[name]) for name, schema in known.items()):
            return False
        others, taken = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if others is False:
            return True
        # Names that only the new one knows were free in the old.
        return fields.keys() == known.keys() and (
            others == taken
            or (isinstance(others, Mapping) and isinstance(taken, Mapping) and self.wider(others, taken))
        )


def _rest(schema: Schema) -> Schema:
    return {
        key: value
        for key, value in schema.items()
        if key not in _COMPARED and key not in _SAYING_NOTHING and not key.startswith("x-kubernetes-")
    }


def _types(schema: Schema) -> set[str]:
    found = schema["type"]
    return {found} if isinstance(found, str) else {*found}


def _enumerated(old: Schema, new: Schema) -> bool:
    return "enum" not in new or ("enum" in old and all(value in new["enum"] for value in old["enum"]))
