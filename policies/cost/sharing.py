"""What each service costs: what is its own, and its part of the nodes it shares.

Nodes of a pool are divided among the workloads that run on it by what all their pods request, at the price of a vCPU
and a GB of that machine; so what nobody requests is everybody's, in the same proportion.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from policies.capture import UnknownValueError
from policies.cost.amounts import NOTHING, Amount, total
from policies.cost.result import Line, ServiceCost
from policies.cost.view import POOL, View, Workload

_GB_FOR_VCPU: Final = 0.134
"""Price of a GB of memory as a share of a vCPU's: so in machines.yaml for E2, N2 and N2D in every region."""


def services(view: View, lines: Sequence[Line]) -> Mapping[str, ServiceCost]:
    """Cost of each service, by name; none where what runs on which nodes is not known yet."""
    try:
        shares = _shares(view, lines)
    except UnknownValueError:
        return {}
    names = [*dict.fromkeys([line.service for line in lines if line.service] + [*shares])]
    return {
        name: ServiceCost(
            own=total([line.monthly for line in lines if line.service == name]), share=shares.get(name, NOTHING)
        )
        for name in names
    }


def _shares(view: View, lines: Sequence[Line]) -> dict[str, Amount]:
    shares: dict[str, Amount] = {}
    for pool in view.capture.of(POOL):
        cost = total([line.monthly for line in lines if line.resource == pool.urn])
        weights = {each.resource.urn: _weight(each) for each in view.on(pool)}
        whole = sum(weights.values())
        for workload in view.on(pool):
            name = view.service_of(workload.resource) or workload.name
            part = cost * (weights[workload.resource.urn] / whole) if whole else NOTHING
            shares[name] = shares.get(name, NOTHING) + part
    return shares


def _weight(workload: Workload) -> float:
    return workload.pods.expected * (workload.cpu + workload.gb * _GB_FOR_VCPU)
