"""Properties as they come over the wire, as Python values, and back.

The engine is told that this provider takes no secrets, as the real one is: it unwraps them before a call, and marks
what it gets back under the same names. Unknown values are `UNKNOWN`.
"""

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import struct_pb2

from local.gcp.kinds import UNKNOWN, Properties

_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"


def properties_of(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The properties of a message; what is null is left out."""
    return {key: value for key, field in struct.fields.items() if (value := _read(field)) is not None}


def struct_of(properties: Properties) -> struct_pb2.Struct:
    """The message of some properties."""
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        _write(struct.fields[key], value)
    return struct


def _read(field: struct_pb2.Value) -> Any:
    kind = field.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if field.string_value == _UNKNOWN else field.string_value
    if kind == "number_value":
        number = field.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return field.bool_value
    if kind == "list_value":
        return [_read(item) for item in field.list_value.values]
    if kind == "struct_value":
        return _read_struct(field.struct_value)
    return None


def _read_struct(struct: struct_pb2.Struct) -> Any:
    signature = struct.fields[_SIGNATURE].string_value if _SIGNATURE in struct.fields else ""
    if signature == _SECRET:
        return _read(struct.fields["value"])
    if signature == _OUTPUT:
        return _read(struct.fields["value"]) if "value" in struct.fields else UNKNOWN
    if signature == _REFERENCE:
        return _read(struct.fields["id"]) if "id" in struct.fields else None
    return properties_of(struct)


def _write(field: struct_pb2.Value, value: Any) -> None:
    if value is None:
        field.null_value = struct_pb2.NULL_VALUE
    elif value is UNKNOWN:
        field.string_value = _UNKNOWN
    elif isinstance(value, bool):
        field.bool_value = value
    elif isinstance(value, int | float):
        field.number_value = value
    elif isinstance(value, str):
        field.string_value = value
    elif isinstance(value, Mapping):
        field.struct_value.CopyFrom(struct_of(value))
    else:
        field.list_value.SetInParent()
        for item in value:
            _write(field.list_value.values.add(), item)


def merged(under: Any, over: Any) -> Any:
    """`over` laid over `under`: objects are merged, lists of the same length item by item, all else is replaced."""
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        return {**under, **{key: merged(under.get(key), value) for key, value in over.items()}}
    if isinstance(under, list) and isinstance(over, list) and len(under) == len(over):
        return [merged(*pair) for pair in zip(under, over, strict=True)]
    return over
