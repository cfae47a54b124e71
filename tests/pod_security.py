"""Pods, and what the standard `restricted` says of each: one table for our own judge and for a real API server.

The unit tests of policies/manifests ask our judge, tests/e2e/test_pod_security.py asks the admission of the API server;
as both compare with this table, the two can't come to disagree.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Spec = dict[str, Any]


def bare_pod(name: str, namespace: str, image: str, labels: dict[str, str], command: Sequence[str]) -> dict[str, Any]:
    """A pod that conforms to the standard `restricted`, to be spoilt or to look around from."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [
                {
                    "name": "main",
                    "image": image,
                    "command": list(command),
                    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                    # More than a namespace needs when the services' rollouts run at the same time is not promised.
                    "resources": {"requests": {"cpu": "1m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
                }
            ],
        },
    }


@dataclass(frozen=True)
class Case:
    """A pod that conforms, changed."""

    name: str
    change: Callable[[dict[str, Any]], object]
    breaks: tuple[str, ...] = ()
    """Ids of the checks it breaks, without their "pss-"; none where it is taken."""
    refused_before: bool = False
    """Whether the project's own API server refuses it before it asks the standard."""

    def pod(self, name: str = "pod", namespace: str = "shop") -> dict[str, Any]:
        """The pod; it need not run."""
        body = bare_pod(name, namespace, "localhost/none:1", {}, ["true"])
        body["spec"]["nodeName"] = "none"
        self.change(body)
        return body

    @property
    def broken(self) -> set[str]:
        """Ids of the checks it breaks."""
        return {f"pss-{check}" for check in self.breaks}


def spec(**fields: Any) -> Callable[[dict[str, Any]], object]:
    """Fields of the pod."""
    return lambda pod: pod["spec"].update(fields)


def pod_context(**fields: Any) -> Callable[[dict[str, Any]], object]:
    """Fields of the pod's security context; None takes one away."""
    return lambda pod: _update(pod["spec"]["securityContext"], fields)


def container(**fields: Any) -> Callable[[dict[str, Any]], object]:
    """Fields of its one container."""
    return lambda pod: pod["spec"]["containers"][0].update(fields)


def context(**fields: Any) -> Callable[[dict[str, Any]], object]:
    """Fields of its container's security context; None takes one away."""
    return lambda pod: _update(pod["spec"]["containers"][0]["securityContext"], fields)


def all_of(*changes: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
    """Several changes."""
    return lambda pod: [change(pod) for change in changes]


def volumes(*kinds: Mapping[str, Any]) -> Callable[[dict[str, Any]], object]:
    """Volumes of these kinds."""
    return spec(volumes=[{"name": f"v{index}", **kind} for index, kind in enumerate(kinds)])


def _update(into: Spec, fields: Mapping[str, Any]) -> None:
    for key, value in fields.items():
        if value is None:
            into.pop(key, None)
        else:
            into[key] = value


_GOOD: Final = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
_CLAIM: Final = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
_SIDECAR: Final = {"name": "side", "image": "localhost/none:1", "restartPolicy": "Always", "securityContext": _GOOD}
_ELSEWHERE: Final = {"host": "192.0.2.1", "port": 80}
CASES: Final = (
    Case("as it is", spec()),
    Case("the node's network", spec(hostNetwork=True), ("baseline-host-namespaces",)),
    Case("the node's processes", spec(hostPID=True), ("baseline-host-namespaces",)),
    Case("the node's memory", spec(hostIPC=True), ("baseline-host-namespaces",)),
    Case("privileged", context(privileged=True, allowPrivilegeEscalation=True),
         ("baseline-privileged", "restricted-privilege-escalation"), refused_before=True),
    Case("not privileged", context(privileged=False)),
    Case("a capability that is not usual", context(capabilities={"drop": ["ALL"], "add": ["NET_ADMIN"]}),
         ("restricted-capabilities",)),
    Case("a usual capability", context(capabilities={"drop": ["ALL"], "add": ["CHOWN"]}), ("restricted-capabilities",)),
    Case("the one capability", context(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]})),
    Case("one capability dropped", context(capabilities={"drop": ["NET_RAW"]}), ("restricted-capabilities",)),
    Case("no word of capabilities", context(capabilities=None), ("restricted-capabilities",)),
    Case("a folder of the node", volumes({"hostPath": {"path": "/"}}), ("restricted-volumes",)),
    Case("a folder of another machine", volumes({"nfs": {"server": "192.0.2.1", "path": "/"}}),
         ("restricted-volumes",)),
    Case("every safe volume", volumes(
        {"configMap": {"name": "none"}}, {"secret": {"secretName": "none"}}, {"emptyDir": {}}, {"downwardAPI": {}},
        {"projected": {"sources": []}}, {"csi": {"driver": "none"}}, {"image": {"reference": "localhost/none:1"}},
        {"persistentVolumeClaim": {"claimName": "none"}}, {"ephemeral": {"volumeClaimTemplate": {"spec": _CLAIM}}}, {},
    )),
    Case("a port of the node", container(ports=[{"containerPort": 80, "hostPort": 80}]), ("baseline-host-ports",)),
    Case("a port", container(ports=[{"containerPort": 80}])),
    Case("a probe of another host", container(livenessProbe={"httpGet": _ELSEWHERE}), ("baseline-hosts",)),
    Case("a probe of another host's port", container(readinessProbe={"tcpSocket": _ELSEWHERE}), ("baseline-hosts",)),
    Case("a hook that asks another host", container(lifecycle={"preStop": {"httpGet": _ELSEWHERE}}),
         ("baseline-hosts",)),
    Case("a sidecar that asks another host",
         spec(initContainers=[{**_SIDECAR, "startupProbe": {"httpGet": _ELSEWHERE}}]), ("baseline-hosts",)),
    Case("a probe", container(livenessProbe={"httpGet": {"port": 80}})),
    Case("AppArmor off", pod_context(appArmorProfile={"type": "Unconfined"}), ("baseline-apparmor",)),
    Case("AppArmor off in a container", context(appArmorProfile={"type": "Unconfined"}), ("baseline-apparmor",)),
    Case("AppArmor off by annotation", lambda pod: pod["metadata"].update(
        annotations={"container.apparmor.security.beta.kubernetes.io/main": "unconfined"}), ("baseline-apparmor",)),
    Case("AppArmor of the runtime", context(appArmorProfile={"type": "RuntimeDefault"})),
    Case("AppArmor of the node", pod_context(appArmorProfile={"type": "Localhost", "localhostProfile": "own"})),
    Case("another type of SELinux", pod_context(seLinuxOptions={"type": "spc_t"}), ("baseline-selinux",)),
    Case("another user of SELinux", context(seLinuxOptions={"user": "system_u"}), ("baseline-selinux",)),
    Case("another role of SELinux", context(seLinuxOptions={"role": "system_r"}), ("baseline-selinux",)),
    Case("a container's type of SELinux", context(seLinuxOptions={"type": "container_engine_t", "level": "s0"})),
    Case("/proc unmasked", all_of(spec(hostUsers=False), context(procMount="Unmasked")), ("restricted-proc-mount",)),
    Case("/proc masked", context(procMount="Default")),
    Case("seccomp off", pod_context(seccompProfile={"type": "Unconfined"}), ("restricted-seccomp",)),
    Case("seccomp off in a container", context(seccompProfile={"type": "Unconfined"}), ("restricted-seccomp",)),
    Case("no word of seccomp", pod_context(seccompProfile=None), ("restricted-seccomp",)),
    Case("seccomp in the container", all_of(
        pod_context(seccompProfile=None), context(seccompProfile={"type": "Localhost", "localhostProfile": "own"}))),
    Case("an unsafe setting of the kernel", pod_context(sysctls=[{"name": "kernel.msgmax", "value": "1"}]),
         ("baseline-sysctls",)),
    Case("a safe setting of the kernel", pod_context(sysctls=[{"name": "net.ipv4.tcp_rmem", "value": "1 2 3"}])),
    Case("a process of a Windows node", all_of(
        spec(hostNetwork=True), pod_context(windowsOptions={"hostProcess": True})),
        ("baseline-host-namespaces", "baseline-host-process"), refused_before=True),
    Case("rights can be gained", context(allowPrivilegeEscalation=True), ("restricted-privilege-escalation",)),
    Case("no word of rights", context(allowPrivilegeEscalation=None), ("restricted-privilege-escalation",)),
    Case("no word of root", pod_context(runAsNonRoot=None), ("restricted-non-root",)),
    Case("may be root", pod_context(runAsNonRoot=False), ("restricted-non-root",)),
    Case("the container may be root", context(runAsNonRoot=False), ("restricted-non-root",)),
    Case("the container is not root", all_of(pod_context(runAsNonRoot=None), context(runAsNonRoot=True))),
    Case("root", all_of(pod_context(runAsUser=0, runAsNonRoot=None), context(runAsNonRoot=True)),
         ("restricted-root-user",)),
    Case("root in a container", context(runAsUser=0), ("restricted-root-user",)),
    Case("root of a user namespace", all_of(spec(hostUsers=False), pod_context(runAsUser=0, runAsNonRoot=None))),
    Case("root of the node", all_of(spec(hostUsers=True), pod_context(runAsUser=0, runAsNonRoot=None)),
         ("restricted-root-user", "restricted-non-root")),
    Case("a container that runs first", spec(initContainers=[{"name": "first", "image": "localhost/none:1"}]),
         ("restricted-privilege-escalation", "restricted-capabilities")),
    Case("Windows, which has none of it", all_of(
        spec(os={"name": "windows"}, securityContext={"runAsNonRoot": True}), container(securityContext={}))),
    Case("Linux by name", all_of(
        spec(os={"name": "linux"}, securityContext={"runAsNonRoot": True}), container(securityContext={})),
        ("restricted-privilege-escalation", "restricted-capabilities", "restricted-seccomp")),
)  # fmt: skip
