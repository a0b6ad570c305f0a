"""Texts that do not print: keys, and addresses that may have a key in them."""

import base64
import ipaddress
from urllib.parse import SplitResult, urlsplit

from npcl_voice.errors import SettingsError

__all__ = ["DatabaseUrl", "Secret", "SigningSecret", "WebhookUrl", "is_loopback"]


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
        parts = _split(self._text)
        if parts is None or parts.scheme not in ("https", "http") or not parts.hostname:
            raise SettingsError(setting, "is no web address; allowed: https://HOST/PATH")
        if parts.username is not None:
            raise SettingsError(setting, "holds a user's name or password; leave them out, each request is signed")
        allowed = {name.strip().lower() for name in http_hosts.split(",")}
        if parts.scheme == "http" and not (is_loopback(parts.hostname) or parts.hostname in allowed):
            message = f"http is read by everybody on the way; use https, or name {parts.hostname}"
            raise SettingsError(setting, f"{message} in NPCL_WEBHOOK_HTTP_HOSTS")


class SigningSecret(Secret):
    """The secret that signs what goes to a webhook, shared with its receiver."""

    __slots__ = ()

    def key(self) -> bytes:
        """The key itself: what `whsec_` stands before is base64, anything else is taken as it is.

        Raises ValueError for what should be base64 and is none.
        """
        marked = self._text.removeprefix("whsec_")
        return self._text.encode() if marked == self._text else base64.b64decode(marked, validate=True)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        usable = parts.port != 0  # reading the port tells whether it is one
    except ValueError:
        return None
    return parts if usable else None


def is_loopback(host: str) -> bool:
    """Whether what is sent there never leaves this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
