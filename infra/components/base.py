"""What every component shares: how it is registered, how its children hang below it, how its objects are labelled."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pulumi

if TYPE_CHECKING:
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

NO_WAIT: Final = {"pulumi.com/skipAwait": "true"}
"""Annotation of a Service: the provider would watch it for ten seconds to learn what the pods behind it tell anyway."""


class Component(pulumi.ComponentResource):
    """A ComponentResource of ours.

    The options given to it end here: they are never merged into those of its children, which hang below it by `child`.
    """

    TYPE: ClassVar[str]
    """Type token, `a-tu-mano:<area>:<Name>`; part of every child's URN, so a change needs an alias."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(self.TYPE, name, None, opts)

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options of a child resource: below this component, plus what that one resource needs."""
        return pulumi.ResourceOptions(parent=self, **options)


def metadata(
    name: pulumi.Input[str],
    namespace: pulumi.Input[str] | None,
    labels: Mapping[str, str],
    annotations: Mapping[str, pulumi.Input[str]] | None = None,
) -> "ObjectMetaArgsDict":
    """Metadata of a Kubernetes object; `namespace` is None for what is in none."""
    meta: ObjectMetaArgsDict = {"name": name, "labels": dict(labels)}
    if namespace is not None:
        meta["namespace"] = namespace
    if annotations:
        meta["annotations"] = dict(annotations)
    return meta
