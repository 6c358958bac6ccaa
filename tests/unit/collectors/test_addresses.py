import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.addresses import is_public


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_the_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "100::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1",
        "2002:7f00:1::", "2002:808:808::1", "2001::1", "2001:db8::1", "3fff::1", "4000::1",
        "", "localhost", "1.2.3", "127.1", "2606::1%1",
    ],
)  # fmt: skip
def test_our_own_networks_and_what_is_no_address(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_no_stricter_than_python_only_safer(ip: ipaddress.IPv4Address) -> None:
    if is_public(str(ip)):
        assert ip.is_global
        assert not ip.is_multicast


@given(st.ip_addresses(v=6))
def test_of_ipv6_what_is_handed_out(ip: ipaddress.IPv6Address) -> None:
    if is_public(str(ip)) and ip.ipv4_mapped is None:
        assert ip.is_global
        assert not ip.is_multicast
        assert ip.sixtofour is None
        assert ip.teredo is None


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_the_same_inside_ipv6(ip: ipaddress.IPv4Address) -> None:
    assert is_public(f"::ffff:{ip}") == is_public(f"64:ff9b::{ip}") == is_public(str(ip))
