"""The standard `restricted` is enforced, and the running pods are as closed as they were declared."""

import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import kr8s
import pytest
import yaml
from kr8s.objects import Pod

from infra.settings import load_settings
from tests.e2e.kubernetes import api, bare_pod, pods, python
from tests.e2e.shop import Shop

SETTINGS = load_settings("local")
NAMESPACES = (SETTINGS.namespaces.services, SETTINGS.namespaces.database, SETTINGS.namespaces.edge)
Spec = dict[str, Any]


def container(spec: Spec) -> Spec:
    """The pod's one container."""
    found: Spec = spec["containers"][0]
    return found


BREAKAGES: dict[str, Callable[[Spec], object]] = {
    "privileged": lambda spec: container(spec)["securityContext"].update(
        privileged=True, allowPrivilegeEscalation=True
    ),
    "runAsUser=0": lambda spec: spec["securityContext"].update(runAsUser=0),
    "runAsNonRoot != true": lambda spec: spec["securityContext"].pop("runAsNonRoot"),
    "hostPath": lambda spec: spec.update(volumes=[{"name": "host", "hostPath": {"path": "/"}}]),
    "unrestricted capabilities": lambda spec: container(spec)["securityContext"].update(
        capabilities={"drop": ["ALL"], "add": ["NET_ADMIN"]}
    ),
    "allowPrivilegeEscalation != false": lambda spec: container(spec)["securityContext"].pop(
        "allowPrivilegeEscalation"
    ),
    "seccompProfile": lambda spec: spec["securityContext"].pop("seccompProfile"),
    "host namespaces": lambda spec: spec.update(hostNetwork=True, hostPID=True),
}
"""What the API server's refusal names, by what is done to a pod that conforms."""


@pytest.fixture(scope="module")
def client(shop: Shop) -> Any:
    return api(shop)


@pytest.fixture(scope="module")
def running(client: Any) -> list[Pod]:
    """A pod of each service and the database's."""
    services = [pods(client, SETTINGS.namespaces.services, name)[0] for name in SETTINGS.services]
    return [*services, *pods(client, SETTINGS.namespaces.database, "mongodb")]


def everywhere(running: list[Pod], program: str) -> list[str]:
    """What `program` prints in each of the pods."""
    with ThreadPoolExecutor(len(running)) as threads:
        return [printed.strip() for printed in threads.map(lambda pod: python(pod, program), running)]


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_pod_that_breaks_the_standard_is_refused(client: Any, namespace: str, breakage: str) -> None:
    body = bare_pod("refused", namespace, "localhost/none:1", {}, ["true"])
    BREAKAGES[breakage](body["spec"])
    pod = Pod(body, api=client)
    with pytest.raises(kr8s.ServerError) as refused:
        pod.create()
    # The API server of the project's own cluster takes no privileged pod at all.
    reasons = ('violates PodSecurity "restricted:', "disallowed by cluster policy")
    assert any(reason in str(refused.value) for reason in reasons)
    assert breakage in str(refused.value)
    assert not pod.exists()


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_a_pod_that_conforms_is_taken(client: Any, namespace: str) -> None:
    """Else the refusals above could have any reason."""
    body = bare_pod("taken", namespace, "localhost/none:1", {}, ["true"])
    body["spec"]["nodeName"] = "none"  # it need not run
    pod = Pod(body, api=client)
    pod.create()
    pod.delete(force=True)


def test_no_pod_has_a_service_account_s_token(running: list[Pod]) -> None:
    program = "import os; print(os.path.exists('/var/run/secrets/kubernetes.io'))"
    assert set(everywhere(running, program)) == {"False"}


def test_no_pod_can_write_to_its_root(running: list[Pod]) -> None:
    program = """
import errno
for folder in ("/", "/srv", "/usr/bin", "/etc", "/run/secrets/a-tu-mano"):
    try:
        open(f"{folder}/written", "w")
    except OSError as error:
        print(errno.errorcode[error.errno])
open("/tmp/written", "w").write("but here")
"""
    for printed in everywhere(running, program):
        assert printed.split() == ["EROFS"] * 5


def test_no_pod_runs_as_root_or_can_become_it(running: list[Pod]) -> None:
    program = """
import os
status = dict(line.split(":", 1) for line in open("/proc/1/status") if ":" in line)
keys = ("Uid", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp")
print(os.getresuid(), os.getresgid(), *(status[key].strip() for key in keys))
"""
    nobody, nothing = (65532,) * 3, "0" * 16
    wanted = f"{nobody} {nobody} " + " ".join(["\t".join(["65532"] * 4), nothing, nothing, "1", "2"])
    assert set(everywhere(running, program)) == {wanted}


def test_service_accounts_may_read_no_secret_and_no_pod(client: Any) -> None:
    """Their pods have no token, and one that got out would open nothing."""
    accounts = [(SETTINGS.namespaces.services, name) for name in SETTINGS.services]
    for namespace, name in [*accounts, (SETTINGS.namespaces.database, "mongodb")]:
        for resource, where in (
            ("secrets", namespace),
            ("secrets", SETTINGS.credentials.namespace),
            ("pods", namespace),
        ):
            assert not may(client, f"system:serviceaccount:{namespace}:{name}", resource, where)
    assert may(client, "a-tu-mano:admin", "secrets", NAMESPACES[0], groups=["system:masters"])


def may(client: Any, user: str, resource: str, namespace: str, groups: list[str] | None = None) -> bool:
    """Whether the API server would let `user` read."""
    attributes = {"namespace": namespace, "verb": "get", "resource": resource}
    account_groups = ["system:serviceaccounts", "system:authenticated"]
    review = kr8s.objects.new_class("SubjectAccessReview", "authorization.k8s.io/v1", namespaced=False, asyncio=False)(
        {"spec": {"user": user, "groups": groups or account_groups, "resourceAttributes": attributes}}, api=client
    )
    review.create()
    return bool(review.raw["status"]["allowed"])


@pytest.mark.parametrize("path", ["/api", "/api/v1/namespaces/shop/secrets", "/version", "/metrics", "/healthz"])
def test_who_does_not_say_who_they_are_gets_nothing(shop: Shop, path: str) -> None:
    server = yaml.safe_load(shop.kubeconfig.read_text(encoding="utf-8"))["clusters"][0]["cluster"]["server"]
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    assert httpx.get(server + path, verify=trust).status_code == 401
