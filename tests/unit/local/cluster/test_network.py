from ipaddress import IPv4Network

import pytest

from local.cluster.errors import ClusterError
from local.cluster.network import Network, require_free

NETWORK = Network(IPv4Network("10.77.0.0/16"))


def test_all_addresses_lie_in_the_block_and_apart_from_each_other() -> None:
    wire = IPv4Network(f"{NETWORK.host}/{NETWORK.wire_prefix}", strict=False)
    parts = [wire, NETWORK.pods, NETWORK.services]
    assert all(part.subnet_of(NETWORK.block) for part in parts)
    assert not any(a.overlaps(b) for a in parts for b in parts if a is not b)
    assert {NETWORK.host, NETWORK.node} == set(wire.hosts())
    assert {NETWORK.api_service, NETWORK.dns} <= set(NETWORK.services.hosts())


def test_fixed_services_lie_where_the_api_server_does_not_pick_at_random() -> None:
    """Kubernetes leaves the first 256 addresses of a large range to those who ask for one by name."""
    first = NETWORK.services.network_address
    assert all(int(address) - int(first) < 256 for address in (NETWORK.api_service, NETWORK.dns))


def test_the_block_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TU_MANO_NETWORK", "10.99.0.0/16")
    assert str(Network.from_environment().node) == "10.99.0.2"


@pytest.mark.parametrize("text", ["10.77.0.0/24", "10.77.1.0/16", "fd00::/16", "atm"])
def test_a_block_that_is_no_16_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TU_MANO_NETWORK", text)
    with pytest.raises(ClusterError) as error:
        Network.from_environment()
    assert str(error.value) == (
        f"A_TU_MANO_NETWORK is {text!r}, but must be an IPv4 network of prefix /16, such as 10.87.0.0/16."
    )


@pytest.mark.parametrize("other", ["10.77.5.0/24", "10.0.0.0/8", "10.77.0.0/16"])
def test_an_overlap_with_the_host_is_named_with_its_way_out(other: str) -> None:
    with pytest.raises(ClusterError) as error:
        require_free(NETWORK, [("eth0", IPv4Network("192.0.2.0/24")), ("tun0", IPv4Network(other))])
    assert str(error.value) == (
        f"The cluster's network 10.77.0.0/16 overlaps the host's route to {other} on tun0. "
        "Set A_TU_MANO_NETWORK to a free /16, such as 10.87.0.0/16."
    )


def test_neighbouring_networks_are_no_overlap() -> None:
    require_free(NETWORK, [("eth0", IPv4Network("10.76.0.0/16")), ("docker0", IPv4Network("10.78.0.0/16"))])


def test_an_interfaces_name_fits_into_the_15_characters_that_linux_gives_it() -> None:
    assert NETWORK.interface == "atm-10-77"
    assert len(Network(IPv4Network("192.168.0.0/16")).interface) <= 15
