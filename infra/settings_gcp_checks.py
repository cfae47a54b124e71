"""What relates two values of the GCP settings to each other, and what their names have to fit."""

import ipaddress
import itertools
from collections.abc import Iterator
from typing import Final

from infra import naming, settings_cluster_checks
from infra.errors import InvalidNameError, Problem
from infra.settings_gcp import DeliverySettings, GcpSettings, NetworkSettings
from infra.settings_problems import key, quoted

_RANGES: Final = {"nodes": (20, 29), "pods": (12, 21), "services": (16, 27)}
"""Shortest and longest prefix of each range. Source: cloud.google.com/kubernetes-engine/docs/concepts/alias-ips."""
_PRIVATE: Final = [ipaddress.IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


def problems(gcp: GcpSettings, prefix: str | None, stack: str, where: str) -> Iterator[Problem]:
    """Every contradiction between values that are each fine in themselves."""
    yield from _projects(gcp, prefix, stack, where)
    yield from _place(gcp, where)
    yield from _ranges(gcp.network, where)
    yield from settings_cluster_checks.problems(gcp.cluster, where)
    yield from _edge(gcp, where)
    yield from _delivery(gcp.delivery, prefix, stack, where)
    yield from _thresholds(gcp.budget.thresholds, where)


def _projects(gcp: GcpSettings, prefix: str | None, stack: str, where: str) -> Iterator[Problem]:
    for section, create, given in (
        ("project", gcp.project.create, gcp.project.id),
        ("state", gcp.state.create, gcp.state.project),
    ):
        setting = key("gcp", section, "id" if section == "project" else "project")
        if not create and given is None:
            yield Problem(
                where,
                setting,
                "is null",
                f"the id of a project is required where {key('gcp', section, 'create')} is false",
                "Name the existing project, or let the program make one.",
            )
        if given is None and prefix is not None:
            names = naming.Naming(prefix=prefix, stack=stack)
            try:
                names.project(gcp.project.billing_account, "" if section == "project" else "state")
            except InvalidNameError as error:
                yield Problem(where, setting, "is null", str(error), "Shorten the prefix, or write an id.")
    if gcp.project.id is not None and gcp.project.id == gcp.state.project:
        yield Problem(
            where,
            key("gcp.state.project"),
            f"is {quoted(gcp.state.project)}",
            f"a project other than {key('gcp.project.id')} is required",
            "The state has to outlive the project it describes; name another one or none.",
        )


def _place(gcp: GcpSettings, where: str) -> Iterator[Problem]:
    if gcp.zone is not None and gcp.zone[:-2] != gcp.region:
        yield Problem(
            where,
            key("gcp.zone"),
            f"is {quoted(gcp.zone)}",
            f"a zone of {gcp.region} is required",
            f'Write one such as "{gcp.region}-b".',
        )


def _ranges(network: NetworkSettings, where: str) -> Iterator[Problem]:
    found = {}
    for name, (shortest, longest) in _RANGES.items():
        text = getattr(network, name)
        at = key("gcp.network", name)
        try:
            parsed = ipaddress.IPv4Network(text)
        except ValueError:
            yield Problem(
                where, at, f"is {quoted(text)}", "an IPv4 range is required", 'Write one such as "10.10.0.0/20".'
            )
            continue
        if not shortest <= parsed.prefixlen <= longest:
            yield Problem(
                where,
                at,
                f"is {quoted(text)}",
                f"a range from /{longest} to /{shortest} is required",
                "Change what follows the slash.",
            )
        if not any(parsed.subnet_of(private) for private in _PRIVATE):
            yield Problem(
                where,
                at,
                f"is {quoted(text)}",
                "a private range is required (RFC 1918)",
                "Choose one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.",
            )
        found[name] = parsed
    for (one, first), (other, second) in itertools.combinations(found.items(), 2):
        if first.overlaps(second):
            yield Problem(
                where,
                key("gcp.network", other),
                f"is {quoted(str(second))}",
                f"a range that does not overlap {key('gcp.network', one)} ({first}) is required",
                "Move one of them.",
            )


def _edge(gcp: GcpSettings, where: str) -> Iterator[Problem]:
    domain, zone = gcp.edge.domain, gcp.edge.zone
    if zone is not None and domain != zone and not domain.endswith(f".{zone}"):
        yield Problem(
            where,
            key("gcp.edge.zone"),
            f"is {quoted(zone)}",
            f"{quoted(domain)} or a domain above it is required",
            "The zone has to contain the shop's domain.",
        )


def _delivery(delivery: DeliverySettings, prefix: str | None, stack: str, where: str) -> Iterator[Problem]:
    if not delivery.triggers:
        yield Problem(
            where,
            key("gcp.delivery.triggers"),
            "is empty",
            "at least one trigger is required",
            "Add one, e.g. develop: {branch: develop}.",
        )
    seen: dict[tuple[str, bool], str] = {}
    for name, trigger in delivery.triggers.items():
        if prefix is not None:
            try:
                naming.Naming(prefix=prefix, stack=stack).physical(f"ci-{name}", "service account")
            except InvalidNameError as error:
                yield Problem(
                    where,
                    key("gcp.delivery.triggers", name),
                    "has builds with an account of their own",
                    str(error),
                    "Shorten the trigger's name or the prefix.",
                )
        other = seen.setdefault((trigger.branch, trigger.pull_request), name)
        if other != name:
            yield Problem(
                where,
                key("gcp.delivery.triggers", name),
                f"starts on the same as {other}",
                "one trigger for each event is required",
                "Remove one of them.",
            )
        if trigger.pull_request and trigger.approval:
            yield Problem(
                where,
                key("gcp.delivery.triggers", name, "approval"),
                "is true",
                "false is required for a pull request",
                "Its build changes nothing; approval is for what deploys.",
            )


def _thresholds(thresholds: tuple[float, ...], where: str) -> Iterator[Problem]:
    if not thresholds or list(thresholds) != sorted(set(thresholds)):
        yield Problem(
            where,
            key("gcp.budget.thresholds"),
            f"is {quoted(list(thresholds))}",
            "at least one, each once, in rising order is required",
            "Write e.g. [0.5, 0.9, 1.0].",
        )
