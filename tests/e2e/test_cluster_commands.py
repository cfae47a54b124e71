"""The commands around a running shop, its supervision, and what of it others on the machine can see."""

import ipaddress
import os
import re
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from infra.settings import load_settings
from tests.e2e.cluster import wait_for
from tests.e2e.shop import Shop

DAEMONS = {
    "containerd", "edge", "etcd", "kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler",
    "kubelet", "network-policy", "volumes",
}  # fmt: skip
SERVICES = set(load_settings("local").services)


def daemons(shop: Shop) -> dict[str, tuple[str, int, int]]:
    """State, process id and restarts of every daemon, as `make status` tells."""
    told = subprocess.run(
        ["make", "status"], cwd=shop.repository, env=dict(shop.environment), capture_output=True, text=True, check=False
    ).stdout
    rows = re.findall(r"^(\S+)\s+(\S+)\s+pid (\d+)\s+up\s+\d+ s\s+restarts (\d+)$", told, re.MULTILINE)
    return {name: (state, int(pid), int(restarts)) for name, state, pid, restarts in rows}


def test_status_tells_every_daemon_and_every_pod(shop: Shop) -> None:
    told = wait_for("a shop at rest", lambda: status_when_well(shop), seconds=120)
    assert set(daemons(shop)) == DAEMONS
    pods = [line.split() for line in told.splitlines() if re.match(r"(shop|database)/", line)]
    assert {pod[1] for pod in pods} == {"Ready"}
    for service in SERVICES:
        assert sum(pod[0].startswith(f"shop/{service}-") for pod in pods) >= 2
    assert [pod[0] for pod in pods if pod[0].startswith("database/")] == ["database/mongodb-0"]


def status_when_well(shop: Shop) -> str | None:
    """What `make status` prints once it ends with 0: pods that an earlier test ended may still be ending."""
    done = subprocess.run(
        ["make", "status"], cwd=shop.repository, env=dict(shop.environment), capture_output=True, text=True, check=False
    )
    return done.stdout if done.returncode == 0 else None


def test_logs_are_those_of_the_named_service(shop: Shop) -> None:
    told = shop.command(["make", "logs", "SERVICE=orders"]).stdout
    heads = [line for line in told.splitlines() if line.startswith("==> ")]
    assert len(heads) >= 2
    assert all(head.startswith("==> shop/orders-") for head in heads)
    assert '"' in told.replace(heads[0], "")


def test_logs_of_an_unknown_service_are_a_sentence(shop: Shop) -> None:
    told = shop.command(["make", "logs", "SERVICE=basket"], fails=True).stderr.splitlines()
    assert told[0] == (
        "SERVICE is 'basket', of which there is no pod. Name one of: auth, frontend, mongodb, orders, products."
    )
    assert len(told) == 2  # the other is make's own


def test_doctor_finds_nothing_wrong_where_the_shop_runs(shop: Shop) -> None:
    told = shop.command(["make", "doctor"])
    assert "✗" not in told.stdout
    assert f"state in {shop.state}" in told.stdout
    assert told.stdout.endswith("`make up` can run.\n")


def test_help_tells_every_command(shop: Shop) -> None:
    told = shop.command(["make", "help"]).stdout
    named = set(re.findall(r"^  make (\S+) +\S", told, re.MULTILINE))
    assert {"up", "down", "status", "logs", "endpoints", "doctor", "pulumi", "test", "bench"} <= named


@pytest.mark.parametrize("name", ["kube-proxy", "kubelet", "containerd", "network-policy", "edge", "etcd"])
def test_a_killed_daemon_is_back_within_seconds_and_the_shop_goes_on(shop: Shop, name: str) -> None:
    _, pid, restarts = daemons(shop)[name]
    url = shop.endpoints["products"]
    os.kill(pid, signal.SIGKILL)

    def back() -> bool:
        state, now, count = daemons(shop).get(name, ("", 0, 0))
        return state == "RUNNING" and now not in (0, pid) and count > restarts

    wait_for(f"{name} to be back", back, seconds=20)
    wait_for("an answer", lambda: answers(url), seconds=20)
    well = {"RUNNING"}
    wait_for("all daemons", lambda: {state for state, _, _ in daemons(shop).values()} == well, seconds=30)


def answers(url: str) -> bool:
    """Whether the shop answers now."""
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_keys_and_kubeconfigs_are_for_their_owner_only(shop: Shop) -> None:
    assert shop.state.stat().st_mode & 0o777 == 0o700
    cluster = shop.state / "cluster"
    private = [
        shop.kubeconfig,
        shop.state / "passphrase",
        shop.state / "encryptionsalt",
        cluster / "pki" / "encryption.json",
    ]
    private += [path for path in (cluster / "pki").rglob("*") if path.suffix in {".key", ".kubeconfig"}]
    assert len(private) > 10
    for path in private:
        assert path.stat().st_mode & 0o077 == 0, path
    (run,) = Path("/run").glob("a-tu-mano-10-91")
    assert run.stat().st_mode & 0o777 == 0o700


def test_nothing_of_it_listens_for_other_machines(shop: Shop) -> None:
    """On the host's addresses only the edge listens, and that on loopback; the node has a network of its own."""
    port = int(shop.environment["A_TU_MANO_EDGE_PORT"])
    ours = {pid for _, pid, _ in daemons(shop).values()}
    told = subprocess.run(["ss", "-Hltnup"], capture_output=True, text=True, check=True).stdout
    found = []
    for line in told.splitlines():
        local = line.split()[4]
        if ours & {int(pid) for pid in re.findall(r"pid=(\d+)", line)}:
            address, _, number = local.rpartition(":")
            found.append((ipaddress.ip_address(address.strip("[]").partition("%")[0]), int(number)))
    assert {number for _, number in found} == {port}
    assert all(address.is_loopback for address, _ in found)


def test_the_user_s_own_kubeconfig_does_not_know_it(shop: Shop) -> None:
    own = Path.home() / ".kube" / "config"
    assert not own.exists() or "a-tu-mano" not in own.read_text(encoding="utf-8")
    assert not own.exists() or own.stat().st_mtime < shop.kubeconfig.stat().st_mtime
