"""Where a Realtime server is: an address is checked before a key is ever sent to it."""

from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

import msgspec

from npcl_voice.secret import RealtimeUrl, is_loopback

__all__ = ["Address", "read_address"]

PORTS: Final = {"wss": 443, "ws": 80}


class Address(msgspec.Struct, frozen=True):
    """A server's address, as it is used."""

    url: str
    """The whole of it, the model included."""
    host: str
    port: int
    secure: bool
    """Whether TLS is spoken there."""

    @property
    def place(self) -> str:
        """Host and port, for people; the port only where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS["wss" if self.secure else "ws"] else f"{host}:{self.port}"

    @property
    def local(self) -> bool:
        """Whether it is this machine."""
        return is_loopback(self.host)


def read_address(url: str, model: str, *, plain_hosts: str = "", setting: str = "NPCL_REALTIME_URL") -> Address:
    """The address that `url` is, with `?model=` unless it names a model already.

    `plain_hosts` are the names, separated by commas, that may be reached by plain `ws` beside this
    machine. Raises SettingsError, naming `setting`, for an address that would show the key or the
    callers' voices to others, or that is none; it never shows the address itself.
    """
    RealtimeUrl(url).check(plain_hosts, setting)
    parts = urlsplit(url)
    host = parts.hostname or ""  # there is one: that was checked
    names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if "model" not in names and model:
        query = f"{parts.query}&" if parts.query else ""
        parts = parts._replace(query=f"{query}model={quote(model, safe='')}")
    if not parts.path:
        parts = parts._replace(path="/")
    return Address(parts.geturl(), host, parts.port or PORTS[parts.scheme], parts.scheme == "wss")
