"""Which policy counts for which Service or Gateway, and what GKE says of each policy.

Source: "Configure Gateway resources using Policies" in GKE's documentation: same namespace as the target, no hierarchy,
one policy of a kind for each target, of which the oldest counts.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from local.gke.definitions import BACKEND_POLICY, GATEWAY_POLICY, HEALTH_CHECK_POLICY
from local.gke.world import GATEWAY_API, Known, Object, Status, World, age, condition, key, policy_path, title

_TARGETS: Final = {
    HEALTH_CHECK_POLICY: ("", "Service"),
    BACKEND_POLICY: ("", "Service"),
    GATEWAY_POLICY: (GATEWAY_API, "Gateway"),
}
"""Group and kind of what a policy is attached to, in a cluster that shares no load balancer with others."""


@dataclass(frozen=True)
class Policies:
    """Policies that count, by kind and target, and the status of every policy."""

    attached: Mapping[tuple[str, str, str], Object]
    """By kind, namespace and name of the target."""
    statuses: tuple[Status, ...]

    def statuses_of(self, reached: Collection[tuple[str, str]]) -> Iterator[Status]:
        """The statuses of policies of Gateways, and of those Services that a Gateway leads to (`reached`).

        Of others GKE says nothing: a program that waits for a policy before it makes the route would wait for ever.
        """
        for status in self.statuses:
            target = (key(status.found)[0], status.found["spec"]["targetRef"]["name"])
            if status.found["kind"] == GATEWAY_POLICY or target in reached:
                yield status

    def of(self, kind: str, namespace: str, name: str) -> Object | None:
        """The policy of a kind that counts for a target, or None."""
        return self.attached.get((kind, namespace, name))


def judge(world: World, known: Known | None) -> Policies:
    """Attach every policy, or say why it is not attached."""
    attached: dict[tuple[str, str, str], Object] = {}
    statuses = []
    for kind in _TARGETS:
        for policy in sorted(world.of(kind), key=age):
            namespace, _ = key(policy)
            place = (kind, namespace, policy["spec"]["targetRef"]["name"])
            reason, message = _fault(policy, world, known) or ("", "")
            if not reason and place in attached:
                older = title(attached[place])
                reason, message = "Conflicted", f'{kind} "{older}" is older and has the same target.'
            if not reason:
                attached[place] = policy
            verdict = condition("Attached", reason or "Attached", message, true=not reason)
            statuses.append(Status(path=policy_path(policy), found=policy, status={"conditions": [verdict]}))
    return Policies(attached, tuple(statuses))


def _fault(policy: Object, world: World, known: Known | None) -> tuple[str, str] | None:
    kind, target = policy["kind"], policy["spec"]["targetRef"]
    namespace, _ = key(policy)
    group, wanted = _TARGETS[kind]
    if (target["group"], target["kind"]) != (group, wanted):
        found = f"{target['group']}/{target['kind']}".lstrip("/")
        return "Invalid", f'targetRef is a {found}; a {kind} of a single cluster is attached to a {wanted} ("{group}").'
    if target.get("namespace", namespace) != namespace:
        return "Invalid", f"targetRef is in another namespace; a {kind} is attached in its own, {namespace}."
    there = world.gateways if wanted == "Gateway" else world.services
    if (namespace, target["name"]) not in {key(found) for found in there}:
        return "TargetNotFound", f'{wanted} "{namespace}/{target["name"]}" does not exist.'
    return _beyond(policy, known)


def _beyond(policy: Object, known: Known | None) -> tuple[str, str] | None:
    """What the stand-in does not do, and what a policy names in the cloud and the cloud does not have."""
    default = policy["spec"].get("default", {})
    protocol = default.get("config", {}).get("type", "HTTP")
    if protocol != "HTTP":
        return "Invalid", f"The stand-in checks by HTTP alone, not by {protocol}. GKE would take this policy."
    if known is None:
        return None
    for field, what, names in (
        ("securityPolicy", "security policy", known.security_policies),
        ("sslPolicy", "SSL policy", known.ssl_policies),
    ):
        name = default.get(field)
        if name and name not in names:
            return "Invalid", f'{what} "{name}" does not exist.'
    return None
