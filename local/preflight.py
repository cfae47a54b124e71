"""`make doctor STACK=dev`: what a stack on GCP lacks, each with its fix, before anything is created.

Everything is only asked for, never changed. What can be asked before the stack's project exists is less than after:
quotas, for one, are a project's.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from infra import settings_checks, settings_file, state
from infra.errors import SettingsError
from infra.naming import Naming
from infra.settings import load_settings
from infra.settings_gcp import GcpSettings
from infra.settings_gcp_types import CLOUD_BUILD_RESTRICTED_REGIONS
from local.doctor import Check

_OK: Final = 200
_FORBIDDEN: Final = (401, 403)
_BILLING_RIGHTS: Final = {
    "billing.resourceAssociations.create": "roles/billing.user",
    "billing.budgets.create": "roles/billing.costsManager",
}
_ZONES: Final = 3
"""Zones a regional cluster is spread over, unless the region has fewer."""
_VCPUS: Final = re.compile(r"-(\d+)$")
_SHARED: Final = {"e2-micro": 2, "e2-small": 2, "e2-medium": 2, "f1-micro": 1, "g1-small": 1}


class Google(Protocol):
    """Google's REST APIs, as somebody who may be nobody."""

    def who(self) -> str | None:
        """Whose credentials are used; None if there are none."""

    def call(self, method: str, url: str, body: Mapping[str, Any] | None = None, /) -> tuple[int, dict[str, Any]]:
        """Status and JSON of an answer; status 0 if there was none, with the reason as `error`."""


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """Everything that is looked at for one stack."""

    stack: str
    gcp: GcpSettings
    names: Naming
    google: Google

    @property
    def project(self) -> str:
        """Id of the stack's project."""
        return self.gcp.project.id or self.names.project(self.gcp.project.billing_account)

    def checks(self) -> Iterator[Check]:
        """Look, in the order that `make up` needs it; what depends on credentials only if there are any."""
        who = self.google.who()
        login = "Run `gcloud auth application-default login`, or let GOOGLE_APPLICATION_CREDENTIALS name a key file."
        yield Check("credentials", who or "none", "" if who else login)
        yield self._builds()
        if who is None:
            return
        yield from self._billing()
        yield from self._parent()
        yield self._project("project", self.project, create=self.gcp.project.create)
        where = state.of(self.names, self.gcp)
        yield self._project("state project", where.project, create=self.gcp.state.create)
        yield from self._secrets(where)
        yield from self._quotas()
        yield self._domain()

    def _builds(self) -> Check:
        region = self.gcp.delivery.region or self.gcp.region
        offered = ", ".join(sorted(CLOUD_BUILD_RESTRICTED_REGIONS))
        advice = (
            f"A new billing account may build only in {offered}: make set STACK={self.stack} KEY=gcp.delivery.region."
        )
        return Check("build region", region, "" if region in CLOUD_BUILD_RESTRICTED_REGIONS else advice, fatal=False)

    def _billing(self) -> Iterator[Check]:
        account = self.gcp.project.billing_account
        url = f"https://cloudbilling.googleapis.com/v1/billingAccounts/{account}"
        status, found = self.google.call("GET", url)
        if status != _OK:
            fix = f"Ask its administrator for roles/billing.user, or correct gcp.project.billingAccount ({account})."
            yield Check("billing account", _answer(status, found), fix)
            return
        is_open = found.get("open") is True
        yield Check("billing account", "open" if is_open else "closed", "" if is_open else "Reopen it in the console.")
        _, rights = self.google.call("POST", f"{url}:testIamPermissions", {"permissions": sorted(_BILLING_RIGHTS)})
        missing = sorted(set(_BILLING_RIGHTS) - set(rights.get("permissions") or []))
        roles = ", ".join(_BILLING_RIGHTS[right] for right in missing)
        yield Check(
            "billing rights",
            f"missing: {', '.join(missing)}" if missing else "all there",
            f"Ask the billing administrator for {roles}." if missing else "",
        )

    def _parent(self) -> Iterator[Check]:
        parent = self.gcp.project.parent
        if parent is None or not self.gcp.project.create:
            return
        url = f"https://cloudresourcemanager.googleapis.com/v3/{parent}:testIamPermissions"
        status, found = self.google.call("POST", url, {"permissions": ["resourcemanager.projects.create"]})
        may = bool(found.get("permissions"))
        fix = f"Ask for roles/resourcemanager.projectCreator on {parent}."
        yield Check("parent", parent if may else _answer(status, found), "" if may else fix)

    def _project(self, what: str, project: str, *, create: bool) -> Check:
        status, found = self.google.call("GET", f"https://cloudresourcemanager.googleapis.com/v3/projects/{project}")
        mine = status == _OK
        active = found.get("state") == "ACTIVE"
        if mine and active:
            return Check(what, f"{project}, there")
        if mine:
            fix = f"It is to be deleted: gcloud projects undelete {project}, or choose another id."
            return Check(what, f"{project}, {found.get('state')}", fix)
        if create:
            # Google says 403 both for a project that is somebody else's and for one that is not there.
            return Check(what, f"{project}, not there yet or somebody else's")
        return Check(what, f"{project}, {_answer(status, found)}", "Correct its id, or let the program make it.")

    def _secrets(self, where: state.State) -> Iterator[Check]:
        for name in (state.ROOT, *state.BITBUCKET):
            url = f"https://secretmanager.googleapis.com/v1/{where.secret(name)}/versions/latest"
            status, _ = self.google.call("GET", url)
            found = "there" if status == _OK else "not there yet"
            fix = "" if status == _OK else f"`make bootstrap STACK={self.stack}` asks for it or makes it."
            yield Check(f"secret {name}", found, fix, fatal=False)

    def _quotas(self) -> Iterator[Check]:
        url = f"https://compute.googleapis.com/compute/v1/projects/{self.project}/regions/{self.gcp.region}"
        status, found = self.google.call("GET", url)
        if status != _OK:
            yield Check("quotas", "known once the project is there", fatal=False)
            return
        free = {quota["metric"]: quota["limit"] - quota["usage"] for quota in found.get("quotas") or []}
        zones = min(_ZONES, len(found.get("zones") or [None] * _ZONES)) if self.gcp.cluster.regional else 1
        for metric, amount in self._needs(zones).items():
            left = free.get(metric, 0)
            fix = f"{amount:g} are required at most: ask for more under IAM > Quotas, or use smaller pools."
            yield Check(
                f"quota {metric}", f"{left:g} free of what {self.gcp.region} may have", "" if left >= amount else fix
            )

    def _needs(self, zones: int) -> dict[str, float]:
        """What the pools take of the region's quotas when they have all their nodes."""
        needs = {"CPUS": 0.0, "SSD_TOTAL_GB": 0.0, "STATIC_ADDRESSES": 1.0}
        for pool in self.gcp.cluster.pools.values():
            nodes = pool.max * zones
            needs["CPUS"] += vcpus(pool.machine_type) * nodes
            needs["SSD_TOTAL_GB"] += pool.disk_gb * nodes if pool.disk_type != "pd-standard" else 0
        return needs

    def _domain(self) -> Check:
        zone = self.gcp.edge.zone or self.gcp.edge.domain
        status, found = self.google.call("GET", f"https://dns.google/resolve?name={zone}&type=NS")
        servers = [answer["data"] for answer in found.get("Answer") or []]
        delegated = any(server.rstrip(".").endswith("googledomains.com") for server in servers)
        fix = (
            f"After the first `make up`, let {zone}'s registrar delegate it to the name servers that the stack output "
            "`edge` has; until then there is no certificate."
        )
        text = ", ".join(servers) or ("not delegated" if status == _OK else _answer(status, found))
        return Check("domain", f"{zone}: {text}", "" if delegated else fix, fatal=False)


def vcpus(machine_type: str) -> int:
    """Virtual CPUs of a machine type, e.g. "e2-standard-4" -> 4.

    Source: cloud.google.com/compute/docs/machine-resource.
    """
    match = _VCPUS.search(machine_type)
    return int(match[1]) if match else _SHARED.get(machine_type, 1)


def _answer(status: int, found: Mapping[str, Any]) -> str:
    error = found.get("error")
    said = error.get("message", "") if isinstance(error, dict) else str(error or "")
    return f"no answer ({said})" if status == 0 else f"HTTP {status} {said}".strip()


def main(stack: str) -> int:
    """Print the checks; returns 1 if one of them stops `make up`."""
    from local.google import Rest  # noqa: PLC0415 - needs the network

    try:
        settings = load_settings(stack)
    except SettingsError as error:
        for problem in error.problems:
            _say(f"  ✗ {problem}")
        _say(f"\n`make up STACK={stack}` can't run yet: settings.")
        return 1
    if settings.gcp is None:
        _say(f"The stack {stack!r} has no GCP project; run `make doctor`.")
        return 1
    not_yet = settings_checks.not_yet(settings, stack, settings_file.name_of(stack))
    found = [
        Check("database", problem.found.removeprefix("is "), f"{problem.required}. {problem.fix}")
        for problem in not_yet
    ]
    found += list(
        Preflight(
            stack=stack, gcp=settings.gcp, names=Naming(prefix=settings.prefix, stack=stack), google=Rest()
        ).checks()
    )
    return show(found, stack)


def show(found: list[Check], stack: str) -> int:
    """Print checks and verdict; returns 1 if one of them stops `make up`."""
    for check in found:
        mark = "✓" if not check.advice else ("✗" if check.fatal else "·")
        _say(f"  {mark} {check.what:<26} {check.found}")
        if check.advice:
            _say(f"    {check.advice}")
    stops = [check.what for check in found if check.advice and check.fatal]
    command = f"`make up STACK={stack}`"
    _say(f"\n{command} can't run yet: {', '.join(stops)}." if stops else f"\n{command} can run.")
    return 1 if stops else 0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
