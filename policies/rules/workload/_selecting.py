"""Who selects or aims at what, of a whole stack, looked up and not searched for: stacks have hundreds of services."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from policies.capture import Capture, Resource, UnknownValueError
from policies.pods import DEPLOYMENT, STATEFUL_SET
from policies.rules.workload._pods import labels, named, namespace, selects

AUTOSCALER: Final = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
BUDGET: Final = "kubernetes:policy/v1:PodDisruptionBudget"
_Entry = tuple[Resource, Mapping[str, Any]]


class Selectors:
    """The label selectors of all resources of a type, e.g. of NetworkPolicies."""

    def __init__(self, capture: Capture, type_: str, path: str) -> None:
        self._by_label: dict[tuple[str, ...], list[_Entry]] = {}
        for resource in capture.of(type_):
            selector = resource.get(path, {})
            # One of the labels it needs; where it names none it may take anything of its namespace.
            label = next(iter(selector.get("matchLabels", {}).items()), ())
            self._by_label.setdefault((namespace(resource), *label), []).append((resource, selector))

    def of(self, workload: Resource) -> list[Resource]:
        """The resources in a workload's namespace whose selector takes its pods."""
        where, own = namespace(workload), labels(workload)
        keys = [(where,), *((where, *label) for label in own.items())]
        candidates = (entry for key in keys for entry in self._by_label.get(key, ()))
        return [resource for resource, selector in candidates if selects(selector, own)]


class Workloads:
    """Workloads by the labels of their pods."""

    def __init__(self, found: Iterable[Resource]) -> None:
        self._by_label: dict[tuple[str, str, str], list[Resource]] = {}
        for workload in found:
            for label in labels(workload).items():
                self._by_label.setdefault((namespace(workload), *label), []).append(workload)

    def with_labels(self, where: str, wanted: Mapping[str, str]) -> list[Resource]:
        """Those of a namespace whose pods have all of these labels, of which there is at least one."""
        with_each = [self._by_label.get((where, *label), []) for label in wanted.items()]
        selector = {"matchLabels": wanted}
        return [one for one in min(with_each, key=len) if selects(selector, labels(one))]


class Aims:
    """Resources of a type that name what they are for, by a reference at `path` with `kind` and `name`."""

    def __init__(self, capture: Capture, type_: str, path: str) -> None:
        self._by_target: dict[tuple[str, str, str], list[Resource]] = {}
        for resource in capture.of(type_):
            target = (namespace(resource), resource.get(f"{path}.kind"), resource.get(f"{path}.name"))
            self._by_target.setdefault(target, []).append(resource)

    def at(self, target: Resource) -> list[Resource]:
        """Those that aim at a resource; they have to be in its namespace."""
        return self._by_target.get((namespace(target), target.type.rpartition(":")[2], named(target)), [])


def autoscalers(capture: Capture) -> Aims:
    """What decides how many pods a workload has."""
    return Aims(capture, AUTOSCALER, "spec.scaleTargetRef")


def pods_at_least(workload: Resource, scaling: Aims) -> int:
    """How many pods a workload has when least is asked of it."""
    found = [int(scaler.get("spec.minReplicas", 1)) for scaler in scaling.at(workload)]
    return min(found) if found else int(workload.get("spec.replicas", 1))


def several(capture: Capture) -> list[Resource]:
    """Deployments and StatefulSets that have more than one pod."""
    scaling = autoscalers(capture)
    return [workload for workload in capture.of(DEPLOYMENT, STATEFUL_SET) if pods_at_least(workload, scaling) > 1]


def may_be_several(capture: Capture) -> list[Resource]:
    """The same; all of them where it is not known yet."""
    try:
        return several(capture)
    except UnknownValueError:
        return capture.of(DEPLOYMENT, STATEFUL_SET)
