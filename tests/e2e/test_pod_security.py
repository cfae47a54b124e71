"""The standard `restricted` is enforced, and the running pods are as closed as they were declared."""

import re
import ssl
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import kr8s
import pytest
import yaml
from kr8s.objects import Pod

from infra.settings import load_settings
from policies.manifests import versions
from policies.manifests.standards import asked
from tests.e2e.kubernetes import api, pods, python
from tests.e2e.shop import Shop
from tests.pod_security import CASES, Case

SETTINGS = load_settings("local")
NAMESPACES = (SETTINGS.namespaces.services, SETTINGS.namespaces.database, SETTINGS.namespaces.edge)


REASONS = {standard.reason: standard.id for standard in asked("restricted", versions.local())}
"""What the API server's refusal calls a check of ours."""


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
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_pods_are_taken_and_refused_as_our_judge_says(client: Any, namespace: str, case: Case) -> None:
    """The unit tests of policies/manifests ask our judge about the same table."""
    pod = Pod(case.pod("judged", namespace), api=client)
    if not case.breaks:
        pod.create()
        pod.delete(force=True)
        return
    with pytest.raises(kr8s.ServerError) as refused:
        pod.create()
    if case.refused_before:
        assert "disallowed by cluster policy" in str(refused.value)
    else:
        assert broken(str(refused.value)) == case.broken
    assert not pod.exists()


def broken(refusal: str) -> set[str]:
    """Ids of the checks that a refusal names, which has "reason (details), reason (details)"."""
    _, found, named = refusal.partition(f'violates PodSecurity "restricted:{SETTINGS.kubernetes.pod_security}": ')
    assert found, refusal
    reasons = re.findall(r"(?:^|, )([^()]+?) \(", re.sub(r'"[^"]*"', "", named))
    # Of several it speaks in the plural.
    return {REASONS.get(reason) or REASONS[reason.removesuffix("s")] for reason in reasons}


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
