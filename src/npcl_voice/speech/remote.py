"""A remote engine: any server of the Realtime API in its GA form, by address and key.

OpenAI, Azure's `/openai/v1/realtime`, a compatible server, our own `/v1/realtime`. A session is open when
the server has said `session.created`; that the upgrade was accepted means nothing yet, for a bad key is
answered with an `error` and a close after it.
"""

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import Callable
from typing import Final

import picows
from python_socks import ProxyConnectionError, ProxyError

from npcl_voice.errors import LocalProtocolError, RefusedError, SettingsError, UnavailableError
from npcl_voice.realtime.failures import reason_of_status, retry_after
from npcl_voice.secret import Secret
from npcl_voice.speech.address import read_address
from npcl_voice.speech.connection import RealtimeConnection, failure
from npcl_voice.speech.dialling import Dialler, Proxies, Resolve, environment_proxy, system_resolve
from npcl_voice.speech.websocket import MAX_MESSAGE_BYTES, QUIET

__all__ = ["RemoteEngine"]

AGENT: Final = "npcl-voice"
WORD: Final = re.compile(r"[!-~]+")
"""What a header's value may be here: a blank in a key is a slip, a line's end would be another header."""
STATUS: Final = re.compile(rb"HTTP/\d(?:\.\d)? (?P<status>\d{3})\b")
RETRY_AFTER: Final = re.compile(rb"^retry-after:[ \t]*(?P<value>[^\r\n]{1,64})", re.IGNORECASE | re.MULTILINE)


class RemoteEngine:
    """An Engine port: each call has a session of its own."""

    embedded = False

    def __init__(
        self,
        name: str,
        url: str,
        model: str,
        key: Secret,
        *,
        open_timeout_s: float,
        keepalive_s: float,
        wall: Callable[[], float],
        plain_hosts: str = "",
        setting: str = "NPCL_REALTIME_URL",
        key_setting: str = "OPENAI_API_KEY",
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = system_resolve,
        proxies: Proxies = environment_proxy,
    ) -> None:
        """`open_timeout_s` covers all from the name service to `session.created`; `wall` is unix seconds.

        Servers are verified by this machine's authorities unless `tls` says by which. Raises SettingsError,
        naming `setting` or `key_setting`, for what must not be used.
        """
        self.name = name
        self.address = read_address(url, model, plain_hosts=plain_hosts, setting=setting)
        if key and not WORD.fullmatch(key.reveal()):
            raise SettingsError(key_setting, "holds a blank or a character that no key has")
        self._key = key
        self._open_timeout_s = open_timeout_s
        self._keepalive_s = keepalive_s
        self._wall = wall
        self._tls = (tls or ssl.create_default_context()) if self.address.secure else None
        self._dialler = Dialler(resolve)
        self._proxies = proxies
        self._forgotten = False

    def forget(self) -> None:
        """Drop the key; no session can be opened any more."""
        self._key = Secret()
        self._forgotten = True

    async def open(self, caller: str) -> RealtimeConnection:
        """A session that the server has admitted.

        `caller` is a keyed hash, or empty. Raises UnavailableError or RefusedError, each with its reason;
        neither they nor what they came from hold the key.
        """
        if self._forgotten:
            raise failure(self.address.place, "gone")
        connection = RealtimeConnection(self.name, self.address.place, keepalive_s=self._keepalive_s, wall=self._wall)
        dialled: list[socket.socket] = []
        proxy = self._proxies(self.address)
        try:
            async with asyncio.timeout(self._open_timeout_s):
                await self._connect(connection, caller, dialled, proxy)
                await connection.opened()
        except BaseException as fault:
            for used in dialled:
                # The library leaves the socket open when it is cancelled during the upgrade.
                with contextlib.suppress(OSError):
                    used.shutdown(socket.SHUT_RDWR)
            await connection.abort()
            refusal = self._refusal(fault, through_proxy=proxy is not None)
            if refusal is None:
                raise
        else:
            return connection
        raise refusal  # outside, so that nothing with a request or a header in it hangs on the error

    async def _connect(
        self, connection: RealtimeConnection, caller: str, dialled: list[socket.socket], proxy: str | None
    ) -> None:
        """Come as far as the upgrade."""
        headers = self._headers(caller)

        async def dial(target: picows.WSParsedURL) -> socket.socket:
            dialled.append(await self._dialler.dial(target.host, target.port))
            return dialled[-1]

        try:
            transport, listener = await picows.ws_connect(
                lambda request, response: connection.socket,
                self.address.url,
                ssl_context=self._tls,
                websocket_handshake_timeout=self._open_timeout_s,
                logger_name=QUIET,
                max_frame_size=MAX_MESSAGE_BYTES,
                extra_headers=headers,
                max_redirects=0,  # the key is for the server that was named
                proxy=proxy,
                socket_factory=dial,
                use_aiofastnet=False,
            )
        finally:
            headers.clear()  # the library keeps it for as long as the connection lives
        if listener is None:
            raise ConnectionResetError
        transport.request.headers.clear()

    def _headers(self, caller: str) -> dict[str, str]:
        if caller and not WORD.fullmatch(caller):
            raise LocalProtocolError("a caller's identifier is a word")
        headers = {"User-Agent": AGENT}
        if caller:
            headers["OpenAI-Safety-Identifier"] = caller
        if self._key:
            headers["Authorization"] = f"Bearer {self._key.reveal()}"
        return headers

    def _refusal(self, fault: BaseException, *, through_proxy: bool) -> UnavailableError | RefusedError | None:
        """What the operator is told of a session that did not open; None for what is no failure of it."""
        place, detail, hint = self.address.place, "", None
        match fault:
            case UnavailableError() | RefusedError() | LocalProtocolError():
                return None
            case picows.WSHandshakeError():
                raw, body = fault.raw_header or b"", fault.raw_body or b""
                found, wait = STATUS.match(raw), RETRY_AFTER.search(raw)
                status = int(found["status"]) if found else 0
                reason = "protocol" if status in (0, 101) else reason_of_status(status, body)
                detail = f"HTTP {status}" if found else ""
                hint = retry_after(wait["value"].decode("latin-1") if wait else None, body[:4096].decode("latin-1"))
            case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
                reason = "close_1006"
            case ssl.SSLError():
                reason, detail = "tls", fault.reason or ""
                detail = getattr(fault, "verify_message", "") or detail
            case ProxyError() | ProxyConnectionError():
                reason = "proxy"
            case TimeoutError():
                reason = "timeout"
            case OSError() | ValueError() | picows.WSInvalidURL() if through_proxy:
                reason = "proxy"
            case socket.gaierror():
                reason = "dns"
            case ConnectionRefusedError():
                reason = "refused"
            case ConnectionError():
                reason = "close_1006"
            case OSError():
                reason, detail = "unreachable", fault.strerror or ""
            case _:
                return None
        return failure(place, reason, detail, hint)
