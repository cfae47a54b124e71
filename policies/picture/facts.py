"""What a picture says of each part: a few words of its settings, read from its resources; nothing that is not known."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from policies.capture import Resource
from policies.picture.parts import Part, Role, text
from policies.picture.scene import Look
from policies.pods import TEMPLATES

LOOKS: Final[Mapping[Role, Look]] = {
    Role.EDGE: Look.EDGE,
    Role.GATEWAY: Look.EDGE,
    Role.SERVICE: Look.SERVICE,
    Role.DATABASE: Look.DATA,
    Role.BACKUP: Look.DATA,
    Role.DELIVERY: Look.DELIVERY,
    Role.REGISTRY: Look.DELIVERY,
    Role.IDENTITY: Look.KEY,
    Role.KEYS: Look.KEY,
    Role.WATCH: Look.WATCH,
    Role.BUDGET: Look.WATCH,
}
TIMES: Final = "\u00d7"
TO: Final = "\u2013"


def facts(part: Part) -> list[str]:
    """Lines of a part's box."""
    found = [line for line in _FACTS.get(part.role, _counted)(part) if line]
    return found or list(_counted(part))


def kind_of(role: Role) -> Look:
    """How a part of a role looks."""
    return LOOKS.get(role, Look.PLAIN)


def count(number: int, one: str, many: str = "") -> str:
    """A number and what it counts; empty for none."""
    return "" if number == 0 else f"{number} {one if number == 1 else many or one + 's'}"


def _counted(part: Part) -> Iterator[str]:
    yield count(len(part.resources), "resource")


def _edge(part: Part) -> Iterator[str]:
    for zone in part.of("gcp:dns/managedZone:"):
        yield text(zone.raw("dnsName")).rstrip(".")
    yield "certificate for TLS" if part.first("gcp:certificatemanager/certificate:") else ""
    yield "Cloud Armor" if part.first("gcp:compute/securityPolicy:") else ""


def cluster(part: Part) -> Iterator[str]:
    """Mode, place and channel of a cluster, then each pool of nodes."""
    one = part.first("gcp:container/cluster:")
    if one is None:
        return
    mode = "Autopilot" if one.raw("enableAutopilot") is True else "Standard"
    place = text(one.raw("location"))
    private = "private nodes" if one.raw("privateClusterConfig.enablePrivateNodes") is True else ""
    where = f"{'zone' if place.count('-') > 1 else 'region'} {place}" if place else ""
    channel = text(one.raw("releaseChannel.channel")).lower()
    yield ", ".join(filter(None, [f"GKE {mode}", where, f"channel {channel}" if channel else "", private]))
    yield "; ".join(_pool(pool, part) for pool in part.of("gcp:container/nodePool:"))


def _pool(pool: Resource, part: Part) -> str:
    machine, spot = text(pool.raw("nodeConfig.machineType")), pool.raw("nodeConfig.spot") is True
    at_most = text(pool.raw("autoscaling.maxNodeCount") or pool.raw("autoscaling.totalMaxNodeCount"))
    at_least = text(pool.raw("autoscaling.minNodeCount") or pool.raw("autoscaling.totalMinNodeCount")) or "0"
    size = f"{at_least}{TO}{at_most}" if at_most else text(pool.raw("nodeCount"))
    return f"{pool.name.removeprefix(f'{part.name}-')}: {size} {TIMES} {machine}{' Spot' if spot else ''}"


def network(part: Part) -> Iterator[str]:
    """Ranges of a network and what leaves it."""
    for subnet in part.of("gcp:compute/subnetwork:"):
        yield text(subnet.raw("ipCidrRange"))
    yield "out through NAT" if part.first("gcp:compute/routerNat:") else ""
    yield count(len(part.of("gcp:compute/firewall:")), "firewall rule")


def _registry(part: Part) -> Iterator[str]:
    for one in part.of("gcp:artifactregistry/repository:"):
        yield f"images, {text(one.raw('location'))}".rstrip(", ")
        yield "tags never move" if one.raw("dockerConfig.immutableTags") is True else ""


def _delivery(part: Part) -> Iterator[str]:
    for trigger in part.of("gcp:cloudbuild/trigger:"):
        for event, words in (("push", "push to"), ("pullRequest", "pull request to")):
            branch = text(trigger.raw(f"repositoryEventConfig.{event}.branch")).strip("^$")
            approved = ", approved" if trigger.raw("approvalConfig.approvalRequired") is True else ""
            yield f"{words} {branch}{approved}" if branch else ""


def _keys(part: Part) -> Iterator[str]:
    keys = part.of("gcp:kms/cryptoKey:")
    yield ", ".join(text(key.raw("name")) or key.name for key in keys)
    levels = {text(key.raw("versionTemplate.protectionLevel")) for key in keys} - {""}
    yield " and ".join(sorted(level if level == "HSM" else level.lower() for level in levels))


def _backup(part: Part) -> Iterator[str]:
    for plan in part.of("gcp:gkebackup/backupPlan:"):
        days = text(plan.raw("retentionPolicy.backupRetainDays"))
        yield f"kept {days} days" if days else ""


def _watch(part: Part) -> Iterator[str]:
    yield count(len(part.of("gcp:monitoring/alertPolicy:")), "alert")
    yield count(len(part.of("gcp:monitoring/slo:")), "objective")
    yield count(len(part.of("gcp:monitoring/uptimeCheckConfig:")), "uptime check")


def _budget(part: Part) -> Iterator[str]:
    for one in part.of("gcp:billing/budget:"):
        units, currency = (
            text(one.raw("amount.specifiedAmount.units")),
            text(one.raw("amount.specifiedAmount.currencyCode")),
        )
        yield f"{units} {currency} a month" if units else ""


def _project(part: Part) -> Iterator[str]:
    yield count(len(part.of("gcp:projects/service:")), "API")
    yield "audit logs" if part.first("gcp:projects/iAMAuditConfig:") else ""


def _identity(part: Part) -> Iterator[str]:
    for provider in part.of("gcp:iam/workloadIdentityPoolProvider:"):
        yield f"lets in {text(provider.raw('displayName'))}".removesuffix("lets in ")


def _gateway(part: Part) -> Iterator[str]:
    for gateway in part.of("kubernetes:gateway.networking.k8s.io/v1:Gateway"):
        yield text(gateway.raw("spec.gatewayClassName"))
        listeners = gateway.raw("spec.listeners")
        shown = [
            f"{text(one.get('protocol'))} {text(one.get('port'))}"
            for one in listeners or ()
            if isinstance(one, Mapping)
        ]
        yield ", ".join(shown)


def _workload(part: Part) -> Iterator[str]:
    for one in part.resources:
        if one.type in TEMPLATES:
            yield replicas(part, one)
    for volume in part.of("kubernetes:core/v1:PersistentVolumeClaim"):
        size = text(volume.raw("spec.resources.requests.storage"))
        yield f"volume of {size}" if size else ""


def replicas(part: Part, workload: Resource) -> str:
    """How many pods: the range of its autoscaler, or the number it asks for."""
    for scaler in part.of("kubernetes:autoscaling/"):
        low, high = text(scaler.raw("spec.minReplicas")) or "1", text(scaler.raw("spec.maxReplicas"))
        return f"{low}{TO}{high} pods" if low != high else _pods(low)
    return _pods(text(workload.raw("spec.replicas")) or "1")


def _pods(number: str) -> str:
    return f"{number} pod{'' if number == '1' else 's'}"


_FACTS: Final[Mapping[Role, Callable[[Part], Iterator[str]]]] = {
    Role.EDGE: _edge,
    Role.CLUSTER: cluster,
    Role.NETWORK: network,
    Role.REGISTRY: _registry,
    Role.DELIVERY: _delivery,
    Role.KEYS: _keys,
    Role.BACKUP: _backup,
    Role.WATCH: _watch,
    Role.BUDGET: _budget,
    Role.PROJECT: _project,
    Role.IDENTITY: _identity,
    Role.GATEWAY: _gateway,
    Role.DATABASE: _workload,
    Role.SERVICE: _workload,
}


def described(value: Any) -> str:
    """A name for a title: as it is, or a stand-in for what is not known."""
    return text(value) or "not known yet"
