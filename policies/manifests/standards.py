"""The Pod Security standards `baseline` and `restricted`, as the API server's own admission asks them.

Each is asked in the way of a version of Kubernetes: some came later, some became wider. A namespace that asks for
`restricted` asks for `baseline` too, except where a check of `restricted` asks for more of the same.
Source: kubernetes.io/docs/concepts/security/pod-security-standards, and the behaviour of k8s.io/pod-security-admission
0.36; tests/pod_security.py is a table of pods that both have to agree on.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from policies.manifests.pod import USER_NAMESPACES, Pod
from policies.model import Severity

BASELINE: Final = "baseline"
RESTRICTED: Final = "restricted"
_DEFAULT_CAPABILITIES: Final = {
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
    "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}  # fmt: skip
_SAFE_VOLUMES: Final = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret",
}  # fmt: skip
_SYSCTLS: Final = {
    0: (
        "kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range "
        "net.ipv4.ip_unprivileged_port_start"
    ),
    27: "net.ipv4.ip_local_reserved_ports",
    29: (
        "net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl "
        "net.ipv4.tcp_keepalive_probes"
    ),
    32: "net.ipv4.tcp_rmem net.ipv4.tcp_wmem",
}
"""What a pod may set of the kernel, by the minor version since which it may."""
_SELINUX_TYPES: Final = ("", "container_t", "container_init_t", "container_kvm_t")
_SELINUX_ENGINE: Final = "container_engine_t"
_ENGINE_SINCE: Final = 31
_PROFILES: Final = ("RuntimeDefault", "Localhost")
_APPARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standard:
    """One check of the standards."""

    id: str
    """E.g. "pss-restricted-capabilities"."""
    level: str
    title: str
    reason: str
    """What the API server's refusal calls it, e.g. "unrestricted capabilities"."""
    broken: Callable[[Pod], Iterable[str]]
    """Paths of what breaks it."""
    severity: Severity = Severity.HIGH
    since: int = 0
    """Minor version of Kubernetes that has it first."""
    changed: tuple[int, ...] = ()
    """Minor versions in which it began to be asked in another way, oldest first."""
    instead_of: tuple[str, ...] = ()
    """Checks of `baseline` that are not asked where this one is."""

    def way(self, minor: int) -> int:
        """The version whose way a version asks it in: the last in which it changed."""
        return max((changed for changed in self.changed if changed <= minor), default=0)


def _host_namespaces(pod: Pod) -> Iterator[str]:
    return (f"spec.{field}" for field in ("hostNetwork", "hostPID", "hostIPC") if pod.get(f"spec.{field}"))


def _privileged(pod: Pod) -> Iterator[str]:
    paths = (f"{container}.securityContext.privileged" for container in pod.containers())
    return (path for path in paths if pod.get(path))


def _added(pod: Pod, allowed: Iterable[str]) -> Iterator[str]:
    for container in pod.containers():
        path = f"{container}.securityContext.capabilities.add"
        if {*pod.get(path, [])} - {*allowed}:
            yield path


def _capabilities(pod: Pod) -> Iterator[str]:
    return _added(pod, _DEFAULT_CAPABILITIES)


def _no_capabilities(pod: Pod) -> Iterator[str]:
    if pod.is_windows:
        return
    for container in pod.containers():
        path = f"{container}.securityContext.capabilities.drop"
        if "ALL" not in pod.get(path, []):
            yield path
    yield from _added(pod, ["NET_BIND_SERVICE"])


def _host_paths(pod: Pod) -> Iterator[str]:
    paths = (f"{volume}.hostPath" for volume in pod.members("spec.volumes"))
    return (path for path in paths if pod.get(path) is not None)


def _volumes(pod: Pod) -> Iterator[str]:
    for volume in pod.members("spec.volumes"):
        # One of no kind is an emptyDir.
        kinds = pod.given(volume) - {"name"}
        if kinds and not kinds & _SAFE_VOLUMES:
            yield volume


def _host_ports(pod: Pod) -> Iterator[str]:
    ports = (port for container in pod.containers() for port in pod.members(f"{container}.ports"))
    return (f"{port}.hostPort" for port in ports if pod.get(f"{port}.hostPort"))


def _hosts(pod: Pod) -> Iterator[str]:
    asked = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop")
    for container in pod.containers():
        for handler in asked:
            for way in ("httpGet", "tcpSocket"):
                path = f"{container}.{handler}.{way}.host"
                if pod.get(path):
                    yield path


def _apparmor(pod: Pod) -> Iterator[str]:
    for context in pod.contexts():
        path = f"{context}.appArmorProfile"
        if pod.get(path) is not None and pod.get(f"{path}.type") not in _PROFILES:
            yield path
    for key, value in pod.get("metadata.annotations", {}).items():
        allowed = not value or value == "runtime/default" or value.startswith("localhost/")
        if key.startswith(_APPARMOR) and not allowed:
            yield "metadata.annotations"


def _selinux(pod: Pod) -> Iterator[str]:
    types = (*_SELINUX_TYPES, _SELINUX_ENGINE) if pod.minor >= _ENGINE_SINCE else _SELINUX_TYPES
    for context in pod.contexts():
        path = f"{context}.seLinuxOptions"
        if pod.get(f"{path}.type", "") not in types or pod.get(f"{path}.user") or pod.get(f"{path}.role"):
            yield path


def _proc_mount(pod: Pod) -> Iterator[str]:
    paths = (f"{container}.securityContext.procMount" for container in pod.containers())
    return (path for path in paths if pod.get(path, "Default") != "Default")


def _proc_mount_unless_own_users(pod: Pod) -> Iterable[str]:
    return [] if pod.has_own_users else _proc_mount(pod)


def _seccomp(pod: Pod) -> Iterator[str]:
    for context in pod.contexts():
        path = f"{context}.seccompProfile"
        if pod.get(path) is not None and pod.get(f"{path}.type") not in _PROFILES:
            yield path


def _seccomp_set(pod: Pod) -> Iterator[str]:
    if pod.is_windows:
        return
    yield from _seccomp(pod)
    if pod.get("spec.securityContext.seccompProfile.type") not in _PROFILES:
        for container in pod.containers():
            path = f"{container}.securityContext.seccompProfile"
            if pod.get(path) is None:
                yield path


def _sysctls(pod: Pod) -> Iterator[str]:
    allowed = {name for since, names in _SYSCTLS.items() if pod.minor >= since for name in names.split()}
    paths = (f"{sysctl}.name" for sysctl in pod.members("spec.securityContext.sysctls"))
    return (path for path in paths if pod.get(path) not in allowed)


def _host_process(pod: Pod) -> Iterator[str]:
    paths = (f"{context}.windowsOptions.hostProcess" for context in pod.contexts())
    return (path for path in paths if pod.get(path))


def _escalation(pod: Pod) -> Iterable[str]:
    paths = (f"{container}.securityContext.allowPrivilegeEscalation" for container in pod.containers())
    return [] if pod.is_windows else (path for path in paths if pod.get(path) is not False)


def _may_be_root(pod: Pod) -> Iterator[str]:
    if pod.has_own_users:
        return
    everywhere = pod.get("spec.securityContext.runAsNonRoot")
    if everywhere is False:
        yield "spec.securityContext.runAsNonRoot"
    for container in pod.containers():
        path = f"{container}.securityContext.runAsNonRoot"
        if not pod.get(path, everywhere):
            yield path


def _is_root(pod: Pod) -> Iterable[str]:
    paths = (f"{context}.runAsUser" for context in pod.contexts())
    return [] if pod.has_own_users else (path for path in paths if pod.get(path) == 0)


def _baseline(name: str, title: str, reason: str, broken: Callable[[Pod], Iterable[str]], **more: Any) -> Standard:
    return Standard(id=f"pss-baseline-{name}", level=BASELINE, title=title, reason=reason, broken=broken, **more)


def _restricted(name: str, title: str, reason: str, broken: Callable[[Pod], Iterable[str]], **more: Any) -> Standard:
    over = tuple(f"pss-baseline-{other}" for other in more.pop("instead_of", ()))
    id_ = f"pss-restricted-{name}"
    return Standard(
        id=id_, level=RESTRICTED, title=title, reason=reason, broken=broken, instead_of=over, **more
    )  # fmt: skip


STANDARDS: Final = (
    _baseline("apparmor", "AppArmor is not switched off", "forbidden AppArmor profile", _apparmor),
    _baseline("capabilities", "Only the usual capabilities are added", "non-default capabilities", _capabilities),
    _baseline("host-namespaces", "The node's network, processes and memory are not shared", "host namespaces",
              _host_namespaces, severity=Severity.CRITICAL),
    _baseline("host-paths", "No folder of the node is mounted", "hostPath volumes", _host_paths,
              severity=Severity.CRITICAL),
    _baseline("host-ports", "No port of the node is taken", "hostPort", _host_ports),
    _baseline("hosts", "Probes and hooks ask no other host", "probe or lifecycle host", _hosts, since=34),
    _baseline("privileged", "No container is privileged", "privileged", _privileged, severity=Severity.CRITICAL),
    _baseline("proc-mount", "/proc stays masked, but in user namespaces", "procMount", _proc_mount_unless_own_users,
              changed=(USER_NAMESPACES,)),
    _baseline("seccomp", "Seccomp is not switched off", "seccompProfile", _seccomp, since=19),
    _baseline("selinux", "SELinux gives no more than to any container", "seLinuxOptions", _selinux,
              changed=(_ENGINE_SINCE,)),
    _baseline("sysctls", "Only safe settings of the kernel are changed", "forbidden sysctls", _sysctls,
              changed=tuple(_SYSCTLS)),
    _baseline("host-process", "No container of Windows runs as a process of its node", "hostProcess", _host_process,
              severity=Severity.CRITICAL),
    _restricted("capabilities", "All capabilities are dropped", "unrestricted capabilities", _no_capabilities,
                since=22, instead_of=("capabilities",)),
    _restricted("privilege-escalation", "No process gains rights", "allowPrivilegeEscalation != false", _escalation,
                since=8),
    _restricted("proc-mount", "/proc stays masked", "procMount", _proc_mount, since=35, instead_of=("proc-mount",)),
    _restricted("root-user", "No user is root", "runAsUser=0", _is_root, since=23,
                changed=(USER_NAMESPACES,)),
    _restricted("non-root", "It is said that no user is root", "runAsNonRoot != true", _may_be_root,
                changed=(USER_NAMESPACES,)),
    _restricted("seccomp", "A seccomp profile is set", "seccompProfile", _seccomp_set, since=19,
                instead_of=("seccomp",)),
    _restricted("volumes", "Only safe kinds of volumes are mounted", "restricted volume types", _volumes,
                instead_of=("host-paths",)),
)  # fmt: skip
"""All checks, those of `baseline` first."""


def asked(level: str, minor: int) -> tuple[Standard, ...]:
    """The checks of a level in the way of a version, e.g. ("restricted", 36)."""
    levels = {BASELINE: (BASELINE,), RESTRICTED: (BASELINE, RESTRICTED)}.get(level, ())
    there = [standard for standard in STANDARDS if standard.level in levels and minor >= standard.since]
    replaced = {id_ for standard in there for id_ in standard.instead_of}
    return tuple(standard for standard in there if standard.id not in replaced)
