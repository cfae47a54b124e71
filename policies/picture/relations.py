"""How the parts of a stack depend on each other: grants, keys, addresses, what watches; each read from a resource."""

from collections.abc import Iterator, Mapping
from typing import Final

from policies.capture import type_of
from policies.picture.parts import Part, Role, owners, text
from policies.picture.scene import Arrow

_KEYS: Final = ("gcp:kms/cryptoKey:CryptoKey", "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember")
_ACCOUNT: Final = "gcp:serviceaccount/account:Account"
_READS: Final = ("reader", "viewer", "accessor", "user")
_DEPLOYS: Final = ("roles/container.admin", "roles/container.developer", "roles/container.clusterAdmin")


def relations(all_parts: list[Part]) -> list[Arrow]:
    """Arrows between parts by their URNs, each pair once."""
    owned = owners(all_parts)
    cluster = next((part for part in all_parts if part.role is Role.CLUSTER), None)
    found: dict[tuple[str, str], Arrow] = {}
    for part in all_parts:
        for arrow in (
            *_keys(part, owned),
            *_grants(part, owned, cluster),
            *_ways(part, owned),
            *_of_cluster(part, owned),
        ):
            if arrow.source != arrow.target:
                found.setdefault((arrow.source, arrow.target), arrow)
    if cluster is not None:
        found.update({(arrow.source, arrow.target): arrow for arrow in _watched(cluster, all_parts)})
    return list(found.values())


def _keys(part: Part, owned: Mapping[str, Part]) -> Iterator[Arrow]:
    for resource in part.resources:
        for urns in resource.property_dependencies.values():
            for urn in urns:
                if type_of(urn) in _KEYS and urn in owned and resource.type not in _KEYS:
                    yield Arrow(source=owned[urn].urn, target=part.urn, label="encrypts", dashed=True)


def _grants(part: Part, owned: Mapping[str, Part], cluster: Part | None) -> Iterator[Arrow]:
    """Who may do what to another part's resource: what is read flows to the reader."""
    for grant in part.resources:
        if "iam" not in grant.type.lower() or not grant.comes_from("member", _ACCOUNT):
            continue
        role = text(grant.raw("role"))
        if cluster is not None and role in _DEPLOYS:
            yield Arrow(source=part.urn, target=cluster.urn, label="deploys")
        for name, urns in grant.property_dependencies.items():
            for urn in urns:
                other = owned.get(urn)
                if name in ("member", "project", "serviceAccountId") or other is None:
                    continue
                label = "images" if other.role is Role.REGISTRY else role.rpartition(".")[2]
                if role.lower().endswith(_READS):
                    yield Arrow(source=other.urn, target=part.urn, label=label)
                else:
                    yield Arrow(source=part.urn, target=other.urn, label=label)


def _ways(part: Part, owned: Mapping[str, Part]) -> Iterator[Arrow]:
    """From a public address to the gateway that has it."""
    if part.role is Role.GATEWAY:
        for resource in part.resources:
            for urn in resource.dependencies:
                if urn in owned and owned[urn].role is Role.EDGE:
                    yield Arrow(source=owned[urn].urn, target=part.urn)


def _of_cluster(part: Part, owned: Mapping[str, Part]) -> Iterator[Arrow]:
    if part.role is Role.BACKUP:
        for resource in part.resources:
            for urn in resource.property_dependencies.get("cluster", ()):
                if urn in owned:
                    yield Arrow(source=owned[urn].urn, target=part.urn, label="backups", dashed=True)


def _watched(cluster: Part, all_parts: list[Part]) -> Iterator[Arrow]:
    one = cluster.first("gcp:container/cluster:")
    sent = {"logs": "loggingConfig.enableComponents", "metrics": "monitoringConfig.enableComponents"}
    label = " and ".join(word for word, path in sent.items() if one is not None and one.raw(path))
    for part in all_parts:
        if part.role is Role.WATCH and label:
            yield Arrow(source=cluster.urn, target=part.urn, label=label, dashed=True)
