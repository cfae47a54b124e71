"""The messages that the engine and a policy pack speak: the SDK's own, loaded without the SDK around them.

Importing `pulumi` takes half a second of CPU, which every preview would pay; its messages need a tenth of that.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.struct_pb2 import Struct, Value

if TYPE_CHECKING:
    from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

_PACKAGE: Final = f"{__package__}.sdk_messages"


def _load(name: str) -> ModuleType:
    """A module of the SDK's folder of messages, as a part of a package that is that folder and nothing more."""
    if _PACKAGE not in sys.modules:
        sdk = find_spec("pulumi")
        if sdk is None or sdk.origin is None:
            msg = "Pulumi's SDK is not in this Python. Run: make setup"
            raise ModuleNotFoundError(msg)
        package = ModuleType(_PACKAGE)
        package.__path__ = [str(Path(sdk.origin).parent / "runtime" / "proto")]
        sys.modules[_PACKAGE] = package
    return import_module(f"{_PACKAGE}.{name}")


if not TYPE_CHECKING:
    analyzer_pb2 = _load("analyzer_pb2")
    analyzer_pb2_grpc = _load("analyzer_pb2_grpc")
    plugin_pb2 = _load("plugin_pb2")

__all__ = ["analyzer_pb2", "analyzer_pb2_grpc", "plugin_pb2", "properties"]


def properties(message: Struct) -> dict[str, Any]:
    """Properties of a resource, marks of secrets and of what is not known included; numbers are floats.

    The same as `google.protobuf.json_format`, in a third of the time.
    """
    return {key: _value(part) for key, part in message.fields.items()}


def _value(message: Value) -> Any:
    match message.WhichOneof("kind"):
        case "struct_value":
            return properties(message.struct_value)
        case "list_value":
            return [_value(part) for part in message.list_value.values]
        case None | "null_value":
            return None
        case kind:
            return getattr(message, kind)
