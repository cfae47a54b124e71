"""Nothing is served without TLS."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each
from policies.rules.workload._edge import GATEWAY, attached
from policies.rules.workload._pods import named


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Each listener is HTTPS, or has routes that redirect and do nothing else."""
    for gateway in capture.of(GATEWAY):
        for path in each(gateway, "spec.listeners"):
            protocol, name = gateway.get(f"{path}.protocol"), gateway.get(f"{path}.name")
            if protocol == "HTTPS":
                continue
            serving = [named(route) for route in attached(capture, gateway, name) if not _redirects(route)]
            if protocol != "HTTP" or serving:
                what = f"serves {', '.join(serving)}" if serving else "can't redirect"
                message = f"The listener {name} speaks {protocol} and {what}; it has to speak HTTPS."
                yield Violation(message, f"{path}.protocol", gateway)


def _redirects(route: Resource) -> bool:
    return all(
        not route.get(f"{rule}.backendRefs")
        and any(
            route.get(f"{one}.requestRedirect.scheme") == "https" for one in each(route, f"{rule}.filters")
        )
        for rule in each(route, "spec.rules")
    )  # fmt: skip


def subjects(capture: Capture) -> list[Resource]:
    """The stack's Gateways."""
    return capture.of(GATEWAY)


RULE: Final = Rule(
    id="workload-gateway-tls",
    title="Gateways serve HTTPS; HTTP only leads there",
    severity=Severity.CRITICAL,
    reason="Passwords and sessions would cross the network for everybody to read.",
    fix=(
        "Listen on HTTPS, and on HTTP only for a route that redirects to it; the component Gateway does where GKE "
        "has a load balancer."
    ),
    controls=("nsa:tls",),
    types=(GATEWAY,),
    judge_stack=judge_stack,
    subjects=subjects,
)
