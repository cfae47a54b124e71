"""Named types of the settings: what a value has to be, said once, in words a person reads when it is not.

A type is the Python type plus a `Requirement`; the requirement checks the value as it was written (no coercion: the
text "8080" is not a port) and its words appear in the error and in the generated reference alike.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from infra import naming

QUANTITY: Final = re.compile(r"(?P<number>\d+(\.\d+)?)(?P<unit>m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?")
_UNITS: Final[dict[str | None, Decimal]] = {
    None: Decimal(1),
    "m": Decimal("0.001"),
    **{unit: Decimal(1000) ** power for power, unit in enumerate(("k", "M", "G", "T", "P", "E"), start=1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate(("K", "M", "G", "T", "P", "E"), start=1)},
}
_HIGHEST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a value has to be. Used in `Annotated`; replaces the validation of the annotated type."""

    text: str
    """What is required, with its article, e.g. "a port number from 1 to 65535"."""
    fix: str
    """The next step, a whole sentence."""
    accepts: Callable[[Any], bool]
    """Whether the value, as it was written, is one."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate with `accepts` alone, so that one mistake is one error."""
        return core_schema.no_info_plain_validator_function(self._validate)

    def _validate(self, value: object) -> object:
        if not self.accepts(value):
            kind = "requirement"
            raise PydanticCustomError(kind, "{text}", {"text": self.text, "fix": self.fix})
        return value


def quantity(text: str) -> Decimal:
    """Amount of a Kubernetes quantity in its base unit (cores, bytes), e.g. "50m" -> 0.05, "1Ki" -> 1024."""
    match = QUANTITY.fullmatch(text)
    if match is None:
        msg = f'"{text}" is not a quantity'
        raise ValueError(msg)
    return Decimal(match["number"]) * _UNITS[match["unit"]]


def text(pattern: str, longest: int = 253) -> Callable[[Any], bool]:
    """Accepts a text of at most `longest` characters that the pattern matches as a whole."""
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and len(value) <= longest and compiled.fullmatch(value) is not None


def whole(low: int, high: int) -> Callable[[Any], bool]:
    """Accepts a whole number from `low` to `high`."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _range(value: object) -> bool:
    try:
        return isinstance(value, str) and "/" in value and ipaddress.ip_network(value) is not None
    except ValueError:
        return False


Switch = Annotated[
    bool, Requirement("true or false", "Write true or false, without quotes.", lambda v: isinstance(v, bool))
]

Port = Annotated[
    int,
    Requirement(f"a port number from 1 to {_HIGHEST_PORT}", "Write a number such as 8080.", whole(1, _HIGHEST_PORT)),
]

ContainerPort = Annotated[
    int,
    Requirement(
        f"a port number from 1024 to {_HIGHEST_PORT}",
        "Write a number such as 8080: containers run without the right to open a port below 1024.",
        whole(1024, _HIGHEST_PORT),
    ),
]

Replicas = Annotated[int, Requirement("a number of pods from 1 to 100", "Write a number such as 2.", whole(1, 100))]

Percent = Annotated[int, Requirement("a whole percentage from 10 to 100", "Write a number such as 70.", whole(10, 100))]

Path = Annotated[
    str,
    Requirement(
        "an absolute URL path in lower case without a slash at its end",
        'Write a path such as "/orders", or "/" for everything no other service claims.',
        text(r"/|(/[a-z0-9][-a-z0-9._]*)+"),
    ),
]

Quantity = Annotated[
    str,
    Requirement(
        "a Kubernetes quantity",
        'Write an amount with a unit such as "50m", "128Mi" or "1Gi".',
        lambda value: isinstance(value, str) and QUANTITY.fullmatch(value) is not None and quantity(value) > 0,
    ),
]

DnsLabel = Annotated[
    str,
    Requirement(
        "a lower-case DNS label of at most 63 characters",
        "Use letters, digits and single dashes, starting with a letter.",
        text(naming.DNS_LABEL.pattern, 63),
    ),
]

ServiceName = Annotated[
    str,
    Requirement(
        "a service name: a lower-case DNS label of at most 63 characters",
        "Use letters, digits and dashes, starting with a letter.",
        text(naming.DNS_LABEL.pattern, naming.LIMITS["service"].length),
    ),
]

Prefix = Annotated[
    str,
    Requirement(
        "a prefix of 2 to 10 lower-case letters and digits, starting with a letter",
        'Write a short name such as "atm".',
        text(r"[a-z][a-z0-9]{1,9}"),
    ),
]

SecretName = Annotated[
    str,
    Requirement(
        "a secret's name in lower-case snake case of at most 63 characters",
        'Write a name such as "csrf_key".',
        text(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", 63),
    ),
]

PageText = Annotated[
    str,
    Requirement("a text of 1 to 200 characters", 'Write a few words of the page, e.g. "A Tu Mano".', text(r".+", 200)),
]

VariableName = Annotated[
    str,
    Requirement(
        "an environment variable in upper-case snake case",
        'Write a name such as "LOG_LEVEL".',
        text(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*"),
    ),
]

VariableValue = Annotated[
    str,
    Requirement("a text", 'Put the value in quotes, e.g. "true".', lambda value: isinstance(value, str)),
]

Context = Annotated[
    str | None,
    Requirement(
        "the name of a kubeconfig context, or null for the current one",
        "Write null, or a name that `kubectl config get-contexts` lists.",
        lambda value: value is None or (isinstance(value, str) and value != ""),
    ),
]

Url = Annotated[
    str,
    Requirement(
        "an http or https URL without a path",
        'Write one such as "http://localhost:8080", without a slash at its end.',
        text(r"https?://[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[1-9]\d{0,4})?"),
    ),
]

KubernetesMinor = Annotated[
    str,
    Requirement("a Kubernetes minor version", 'Write one such as "v1.36".', text(r"v1\.[1-9]\d*")),
]

IpRange = Annotated[
    str,
    Requirement("an IP range in CIDR notation", 'Write one such as "35.191.0.0/16".', _range),
]

Engine = Annotated[
    str,
    Requirement(
        "a database engine this program knows: secantus", 'Write "secantus".', lambda value: value == "secantus"
    ),
]

ImageSource = Annotated[
    str,
    Requirement(
        '"file" or "settings"',
        'Write "file" for what the last `make images` built, or "settings" and list them under references.',
        lambda value: value in {"file", "settings"},
    ),
]

ImageReference = Annotated[
    str,
    Requirement(
        "an image reference with a tag or a digest",
        'Write one such as "registry.example/shop/orders@sha256:<64 hexadecimal digits>".',
        text(r"[a-z0-9][-a-z0-9._:/]*[a-z0-9](:[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}|@sha256:[0-9a-f]{64})", 512),
    ),
]
