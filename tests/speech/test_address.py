"""A server's address: what may be used, and what would show a key or a voice to others."""

import pytest

from npcl_voice.errors import SettingsError
from npcl_voice.speech.address import read_address


@pytest.mark.parametrize(
    ("given", "used", "place"),
    [
        ("wss://api.openai.com/v1/realtime", "wss://api.openai.com/v1/realtime?model=m%201", "api.openai.com"),
        ("wss://a.example/x?deployment=d", "wss://a.example/x?deployment=d&model=m%201", "a.example"),
        ("wss://a.example:8443/x?model=own", "wss://a.example:8443/x?model=own", "a.example:8443"),
        ("wss://A.example:443", "wss://A.example:443/?model=m%201", "a.example"),
        ("ws://127.0.0.1:8080/v1/realtime", "ws://127.0.0.1:8080/v1/realtime?model=m%201", "127.0.0.1:8080"),
        ("ws://[::1]:80/", "ws://[::1]:80/?model=m%201", "[::1]"),
        ("ws://localhost/", "ws://localhost/?model=m%201", "localhost"),
        ("ws://tunnel.example/", "ws://tunnel.example/?model=m%201", "tunnel.example"),
    ],
)
def test_an_address(given, used, place) -> None:
    """The model is added where none is named; the rest stays as it was given."""
    address = read_address(given, "m 1", plain_hosts="other.example, Tunnel.example")
    assert (address.url, address.place) == (used, place)
    assert address.secure == given.startswith("wss:")


def test_no_model() -> None:
    """Some servers have one model only."""
    assert read_address("wss://a.example/x", "").url == "wss://a.example/x"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "https://api.openai.com/v1/realtime",
        "api.openai.com/v1/realtime",
        "wss:///v1/realtime",
        "wss://a.example:0/",
        "wss://a.example:99999/",
        "wss://a.example:x/",
        "wss://[::1/",
        "wss://a.example/a b",
        "wss://a.example/\r\nX-Header: 1",
        "wss://a.éxample/",
        "wss://user@a.example/",
        "wss://user:canary@a.example/",
        "wss://:canary@a.example/",
        "wss://a.example/#canary",
        "wss://a.example/?api-key=canary",
        "wss://a.example/?API_KEY=canary",
        "wss://a.example/?access_token=",
        "ws://a.example/",
        "ws://192.0.2.1/",
        "ws://127.0.0.1.example/",
    ],
)
def test_what_must_not_be_used(given) -> None:
    """The setting is named; the address, which may hold a secret, is not shown."""
    with pytest.raises(SettingsError) as refused:
        read_address(given, "m", setting="NPCL_REALTIME_FALLBACK_URL")
    assert refused.value.setting == "NPCL_REALTIME_FALLBACK_URL"
    assert "canary" not in str(refused.value)
