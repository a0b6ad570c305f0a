"""Texts that do not print, keys and addresses that may have a key in them; and addresses that must have none."""

import base64
import ipaddress
from urllib.parse import SplitResult, parse_qsl, urlsplit

from npcl_voice.errors import SettingsError

__all__ = ["DatabaseUrl", "RealtimeUrl", "Secret", "SigningSecret", "WebhookUrl", "is_loopback"]

LONGEST_URL = 2048
WHERE_KEYS_GO = (
    "a key goes into a setting of its own (`npcl-voice key set`, OPENAI_API_KEY, NPCL_REALTIME_FALLBACK_KEY)"
)


class Secret:
    """A text that never prints: `repr`, `str` and formatting say only whether it is set."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that needs it."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __str__(self) -> str:
        return "set" if self else "not set"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def __format__(self, specification: str) -> str:
        return format(str(self), specification)


class DatabaseUrl(Secret):
    """A database's address: shows all of itself but the password in it."""

    __slots__ = ()

    def __str__(self) -> str:
        scheme, separator, rest = self._text.partition("://")
        user, at, place = rest.rpartition("@")
        return f"{scheme}{separator}{user.partition(':')[0]}:***@{place}" if at else self._text


class WebhookUrl(Secret):
    """A receiver's address: shows only where it leads, for many receivers put a key into the rest."""

    __slots__ = ()

    def __str__(self) -> str:
        if not self:
            return super().__str__()
        parts = _split(self._text)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/…" if parts else "an address that cannot be read"

    def check(self, http_hosts: str, setting: str) -> None:
        """See that what is sent there cannot be read on the way.

        `http_hosts` are the names, separated by commas, that may be reached by plain http beside this
        machine. Raises SettingsError, naming `setting`, without the address.
        """
        parts = _address(self._text, ("https", "http"), "is no web address; allowed: https://HOST/PATH", setting)
        if parts.username is not None:
            raise SettingsError(setting, "holds a user's name or password; leave them out, each request is signed")
        _see_that_it_is_private(parts, http_hosts, setting, "NPCL_WEBHOOK_HTTP_HOSTS")


class RealtimeUrl(str):
    """A Realtime server's address, which anybody may see: a key in it is refused."""

    __slots__ = ()

    def check(self, plain_hosts: str, setting: str) -> None:
        """See that it leads to a server, holds nothing secret, and that nobody on the way can listen.

        `plain_hosts` are the names, separated by commas, that may be reached by plain `ws` beside this
        machine. Raises SettingsError, naming `setting`, without the address: it may hold a key after all.
        """
        wrong = "is no address of a Realtime server; allowed: wss://HOST/PATH"
        if not (self.isascii() and self.isprintable()) or " " in self or len(self) > LONGEST_URL:
            raise SettingsError(setting, wrong)
        parts = _address(self, ("wss", "ws"), wrong, setting)
        if parts.username is not None:
            raise SettingsError(setting, f"holds a user's name or password; leave them out, {WHERE_KEYS_GO}")
        if parts.fragment:
            raise SettingsError(setting, "has a part behind #, which no server sees; leave it out")
        for name in (name for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
            plain = name.lower().replace("-", "").replace("_", "")
            if plain.endswith(("key", "token", "secret", "password", "signature")) or plain in ("sig", "authorization"):
                raise SettingsError(setting, f"holds a key in its query; leave it out, {WHERE_KEYS_GO}")
        _see_that_it_is_private(parts, plain_hosts, setting, "NPCL_REALTIME_PLAIN_HOSTS")


class SigningSecret(Secret):
    """The secret that signs what goes to a webhook, shared with its receiver."""

    __slots__ = ()

    def key(self) -> bytes:
        """The key itself: what `whsec_` stands before is base64, anything else is taken as it is.

        Raises ValueError for what should be base64 and is none.
        """
        marked = self._text.removeprefix("whsec_")
        return self._text.encode() if marked == self._text else base64.b64decode(marked, validate=True)


def _address(url: str, schemes: tuple[str, ...], wrong: str, setting: str) -> SplitResult:
    """The parts of an address that has one of the schemes and a host."""
    parts = _split(url)
    if parts is None or parts.scheme not in schemes or not parts.hostname:
        raise SettingsError(setting, wrong)
    return parts


def _see_that_it_is_private(parts: SplitResult, plain_hosts: str, setting: str, plain_setting: str) -> None:
    """See that the way is encrypted, does not leave this machine, or leads to a host that was named for it."""
    allowed = {name.strip().lower() for name in plain_hosts.split(",")}
    host = parts.hostname or ""
    if parts.scheme not in ("http", "ws") or is_loopback(host) or host in allowed:
        return
    message = f"{parts.scheme} is read by everybody on the way; use {parts.scheme}s, or name {host} in {plain_setting}"
    raise SettingsError(setting, message)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        usable = parts.port != 0  # reading the port tells whether it is one
    except ValueError:
        return None
    return parts if usable else None


def is_loopback(host: str) -> bool:
    """Whether that name is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
