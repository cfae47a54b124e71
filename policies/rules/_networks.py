"""What rules ask of networks: whether one is everybody's, or none but ours."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from policies.capture import Resource
from policies.model import Violation
from policies.rules._reading import shown

WIDEST: Final = 8
"""Bits that have to be fixed of the addresses of a network that somebody may own."""


def network(text: str) -> IPv4Network | IPv6Network | None:
    """The network a text such as "10.0.0.0/8" names; None where it names none."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def is_of_everybody(text: str) -> bool:
    """Whether it is the internet, or so much of it that it can't be somebody's; what names no network may be that."""
    found = network(text)
    return found is None or found.prefixlen < WIDEST


def is_private(text: str) -> bool:
    """Whether nobody outside has an address of it."""
    found = network(text)
    return found is not None and found.is_private and not is_of_everybody(text)


def must_be_somebodys(resource: Resource, path: str) -> Iterator[Violation]:
    """The property is a network that somebody may own."""
    found = resource.get(path)
    if found is None or is_of_everybody(found):
        yield Violation(f"`{path}` is {shown(found)}, everybody; it has to be a network of yours.", path)
