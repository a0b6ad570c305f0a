"""Where a Realtime server is: an address is checked before a key is ever sent to it."""

import re
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

import msgspec

from npcl_voice.errors import SettingsError
from npcl_voice.secret import is_loopback

__all__ = ["Address", "read_address"]

PORTS: Final = {"wss": 443, "ws": 80}
SECRET_NAMES: Final = re.compile(r"key|token|secret|password|signature|authorization", re.IGNORECASE)
"""Parameters of an address that would carry a secret: an address is logged on its way, a header is not."""
PRINTABLE: Final = re.compile(r"[!-~]+")


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
    parts = _split(url)
    if parts is None or parts.scheme not in PORTS or not parts.hostname:
        raise SettingsError(setting, "is no address of a Realtime server; allowed: wss://HOST/PATH")
    host = parts.hostname
    if parts.username is not None or parts.password is not None:
        raise SettingsError(setting, "holds a user's name or password; leave them out, the API key is its own setting")
    if parts.fragment:
        raise SettingsError(setting, "holds a #; leave out what stands behind it")
    names = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if any(SECRET_NAMES.search(name) for name in names):
        raise SettingsError(setting, "holds a key; leave it out, the API key is its own setting")
    allowed = {name.strip().lower() for name in plain_hosts.split(",")}
    if parts.scheme == "ws" and not (is_loopback(host) or host in allowed):
        message = f"ws is read by everybody on the way; use wss, or name {host} in NPCL_REALTIME_PLAIN_HOSTS"
        raise SettingsError(setting, message)
    if "model" not in names and model:
        query = f"{parts.query}&" if parts.query else ""
        parts = parts._replace(query=f"{query}model={quote(model, safe='')}")
    if not parts.path:
        parts = parts._replace(path="/")
    return Address(parts.geturl(), host, parts.port or PORTS[parts.scheme], parts.scheme == "wss")


def _split(url: str) -> SplitResult | None:
    """The parts of an address, if it has proper ones."""
    try:
        parts = urlsplit(url)
        usable = PRINTABLE.fullmatch(url) is not None and parts.port != 0  # reading the port tells whether it is one
    except ValueError:
        return None
    return parts if usable else None
