"""Where a message may go, and how it is signed."""

import socket
from typing import Any

import pytest

from ratedparts.errors import RatedPartsError
from ratedparts.webhooks import require_deliverable, signature_of
from ratedparts.webhooks.addresses import look_up


def test_the_signature_is_that_of_the_published_example() -> None:
    secret, message = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    signed = signature_of(secret, message, 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "address",
    [
        "http://product.example/",
        "ftp://product.example/",
        "https://",
        "https://user:word@product.example/",
        "https://product.example:0/",
        "https://product.example:99999/",
        "https://product example/",
        "https://product.example/\r\nHost: other",
        "https://产品.example/",
        "//product.example/",
        "https://[::1/",
        "https://product.example/" + "x" * 500,
        "",
    ],
)
def test_what_is_no_address_of_a_program_is_refused(address: str) -> None:
    with pytest.raises(RatedPartsError) as raised:
        require_deliverable(address, private=False)
    assert raised.value.code == "webhook_address"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "[fd00::1]",
        "[64:ff9b::7f00:1]",  # an IPv4 address within, by way of a gateway that translates
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[::127.0.0.1]",
        "[fec0::1]",
        "[ff02::1]",
        "224.0.0.1",
        "240.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
    ],
)
def test_machines_of_our_own_network_are_never_asked(host: str) -> None:
    with pytest.raises(RatedPartsError) as raised:
        look_up(f"https://{host}/", private=False)
    assert raised.value.code == "webhook_address"


@pytest.mark.parametrize("host", ["[2606:4700::1]", "[64:ff9b::808:808]", "[::ffff:8.8.8.8]", "8.8.8.8"])
def test_machines_of_others_are_asked_whichever_way_their_address_is_written(host: str) -> None:
    assert look_up(f"https://{host}/", private=False).address


def test_a_name_that_leads_inside_among_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*_: Any, **__: Any) -> Any:
        addresses = ("93.184.216.34", "127.0.0.1")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with pytest.raises(RatedPartsError) as raised:
        look_up("https://product.example/", private=False)
    assert raised.value.code == "webhook_address"


def test_the_address_that_was_judged_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*_: Any, **__: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    target = look_up("https://product.example/hook?a=1", private=False)
    assert (target.address, target.host, target.path) == ("93.184.216.34", "product.example", "/hook?a=1")
