"""An assessment in which there is something of everything."""

from dataclasses import replace
from datetime import date

from policies.capture import Capture
from policies.model import Worth
from policies.report.assessment import Assessment
from tests.unit.policies.report.breaking import public_nodes, without
from tests.unit.policies.report.conftest import Assess, waiver

NODES = "gke-private-nodes"
VOID = ("meta", "link", "input", "br", "img")


def full(prod: Capture, dev: Capture, assess: Assess) -> Assessment:
    """Nodes are public now, one resource is gone, the database's one member is waived, one check says little."""
    new = without(public_nodes(prod), "network-nat")
    found = assess(new, waiver("workload-database-members"), base=prod, beside=dev)
    weak = replace(found.checks["gke-shielded-nodes"], worth=Worth.VACUOUS)
    near = tuple(replace(one, expires=date(2026, 12, 24)) for one in found.waivers)
    return replace(found, checks={**found.checks, weak.id: weak}, waivers=near)
