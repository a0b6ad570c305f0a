"""What a broken or refused session means, and what to do about it.

Every way in which a session can fail has a short stable word, its *reason*: counters, log lines, the
switch between engines and the documentation are keyed by it. A broken session comes with a close code
(RFC 6455, 7.4), a refused one with a status of HTTP or with an `error` event before the close.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from npcl_voice.realtime.faults import Action
from npcl_voice.realtime.hints import MAX_WAIT_S, wait_hint

__all__ = [
    "FAILURES",
    "Failure",
    "action_of",
    "advice_of",
    "reason_of_close",
    "reason_of_code",
    "reason_of_leaving",
    "reason_of_status",
    "retry_after",
]

LONGEST_BODY_BYTES: Final = 16_384
"""An answer that is longer is not searched for a code."""


class Failure(NamedTuple):
    """One row of the table."""

    action: Action
    """RETRY: one reconnect to the same server is worth it. FAIL_OVER: go on at the next engine. STOP: no
    session with this account or these settings will do."""
    advice: str
    """What happened and what to do about it, for an operator; begins in the middle of a sentence."""


_RETRY, _OVER, _STOP = Action.RETRY, Action.FAIL_OVER, Action.STOP

FAILURES: Final[Mapping[str, Failure]] = {
    # The account, or what is set.
    "quota": Failure(_STOP, "the account's quota or credit is used up; raise the limit or pay in its billing page"),
    "invalid_api_key": Failure(_STOP, "does not accept the API key; set a valid one"),
    "account": Failure(_STOP, "has closed this account; ask the provider"),
    "forbidden": Failure(_STOP, "does not admit this account (region, project or policy); ask the provider"),
    "bad_request": Failure(_STOP, "does not serve Realtime sessions at this address; correct the URL"),
    "redirect": Failure(_STOP, "sends us to another address, which gets no key from us; set that one if it is right"),
    "model": Failure(_STOP, "does not have this model; set one that the account may use"),
    "beta": Failure(_STOP, "takes us for a client of the beta API; see that no proxy adds an OpenAI-Beta header"),
    # On the way to the server.
    "dns": Failure(_OVER, "its name cannot be resolved; look at the URL and at this machine's name service"),
    "refused": Failure(_OVER, "nobody accepts connections there; look at the server, the port and firewalls"),
    "unreachable": Failure(_OVER, "there is no route to it; look at this machine's network"),
    "timeout": Failure(_OVER, "did not open a session in time; look at the network and at the provider's status"),
    "tls": Failure(_STOP, "cannot prove who it is; look at its certificate and at this machine's authorities"),
    "proxy": Failure(_OVER, "the proxy does not let us through; look at https_proxy and no_proxy"),
    "http_408": Failure(_RETRY, "found our request too slow (HTTP 408); look at the network if it happens often"),
    "http_429": Failure(_RETRY, "has too many requests of ours (HTTP 429); raise the account's limits or call less"),
    "http_5xx": Failure(_RETRY, "failed while it opened a session (HTTP 5xx); look at the provider's status"),
    # An open session.
    "not_ready": Failure(_OVER, "did not accept the session's settings in time; look at the provider's status"),
    "session_expired": Failure(_RETRY, "ended the session at its longest duration; nothing has to be done"),
    "stall": Failure(_OVER, "is connected but takes or says nothing; look at the network and the provider's status"),
    "deaf": Failure(_RETRY, "takes the caller's speech and says nothing of it; look at the provider's status"),
    "ping": Failure(_RETRY, "no longer answers pings; look at the network between here and there"),
    "protocol": Failure(_OVER, "sends what is no Realtime protocol; see that the URL leads to such a server"),
    "too_big": Failure(_OVER, "a message was longer than is allowed; tell the developers"),
    "unsendable": Failure(_OVER, "cannot be told an event, which holds text that is none; tell the developers"),
    "close_1000": Failure(_RETRY, "ended the session as if we had asked for it; look at the provider's status"),
    "close_1001": Failure(_RETRY, "is going away; nothing has to be done unless it happens often"),
    "close_1005": Failure(_RETRY, "ended the session without saying why; look at the provider's status"),
    "close_1006": Failure(_RETRY, "the connection broke off; look at the network"),
    "close_1008": Failure(_STOP, "ended the session for a breach of its policy; ask the provider"),
    "close_1011": Failure(_RETRY, "had an internal error; look at the provider's status if it happens often"),
    "close_1012": Failure(_RETRY, "is restarting; nothing has to be done"),
    "close_1013": Failure(_RETRY, "is overloaded; look at the provider's status if it happens often"),
    "close_3000": Failure(_STOP, "does not accept our credentials (close code 3000); set a valid API key"),
    "close_3xxx": Failure(_STOP, "refuses the session (close code 3xxx); look at the key and the URL"),
    "close_4000": Failure(_STOP, "refuses the session's address (close code 4000); look at the URL and the model"),
    "close_4004": Failure(_STOP, "does not have what was asked for (close code 4004); look at the model"),
    "close_4xxx": Failure(_STOP, "refuses the session (close code 4xxx); look at the URL and the model"),
    "close_other": Failure(_OVER, "ended the session with a code that is not in use; ask the provider"),
    # Our own decisions.
    "limits": Failure(_OVER, "has no requests or tokens left for now; raise the account's limits"),
    "spend_call": Failure(_OVER, "this call has cost what one call may cost; see NPCL_SPEND_PER_CALL"),
    "spend_day": Failure(_STOP, "today's calls have cost what a day may cost; see NPCL_SPEND_PER_DAY"),
    "full": Failure(_OVER, "has as many calls as it can carry; add machines"),
    "ears_died": Failure(_RETRY, "the process that heard this call has died; look at the log of its end"),
    "no_answer": Failure(_RETRY, "answered twice with a failure or with nothing; look at the provider's status"),
    "server_error": Failure(_RETRY, "had errors of its own; look at the provider's status if it happens often"),
    "gone": Failure(_OVER, "is no longer there; look at the log of its end"),
}
"""By reason. A session whose reason is not here goes on at the next engine."""

_UNKNOWN = Failure(_OVER, "failed in a way that we do not know; look at the provider's status")

_CODES: Final[Mapping[str, str]] = {
    "insufficient_quota": "quota",
    "credit_balance_exhausted": "quota",
    "billing_hard_limit_reached": "quota",
    "invalid_api_key": "invalid_api_key",
    "account_deactivated": "account",
    "missing_model": "model",
    "invalid_model": "model",
    "model_not_found": "model",
    "beta_api_shape_disabled": "beta",
    "session_expired": "session_expired",
}
"""Codes of `error` events after which there is no session, and what they mean."""
_ANSWERS: Final[Mapping[str, str]] = {
    "rate_limit_exceeded": "limits",
    "inference_rate_limit_exceeded": "limits",
    "server_error": "server_error",
    "failed": "no_answer",
    "empty": "no_answer",
}
"""Codes of answers that failed, for which a session may be left, and what they mean."""

_PROTOCOL_CODES: Final = (1002, 1003, 1007)
_STATUSES: Final[Mapping[int, str]] = {
    401: "invalid_api_key",
    403: "forbidden",
    407: "proxy",
    408: "http_408",
    429: "http_429",
}
_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_SECONDS = re.compile(_NUMBER, re.ASCII)
_WORD = re.compile(r"[a-z_]+")


def action_of(reason: str) -> Action:
    """What to do about a session that failed for this reason."""
    return FAILURES.get(reason, _UNKNOWN).action


def advice_of(reason: str) -> str:
    """What happened and what to do about it, in words that follow the name of the server."""
    return FAILURES.get(reason, _UNKNOWN).advice


def reason_of_code(code: str | None) -> str | None:
    """The reason, if an `error` event of this code ends the session."""
    return _CODES.get(code or "")


def reason_of_leaving(code: str) -> str:
    """The reason why a call leaves an engine, from the word that it gives: a reason already, or a code of the server's.

    A code that nobody knows is `other`, so that a server's own words never become counters.
    """
    return _CODES.get(code) or _ANSWERS.get(code) or (code if code in FAILURES else "other")


def reason_of_close(code: int | None, text: str = "") -> str:
    """The reason for a close frame; None stands for a connection that ended without one.

    The text often is `<type>.<code>` with the code of an error, which says more than the number.
    """
    for word in _WORD.findall(text):
        if word in _CODES:
            return _CODES[word]
    if code is None:
        return "close_1006"
    if code in _PROTOCOL_CODES:
        return "protocol"
    if code == 1009:
        return "too_big"
    if f"close_{code}" in FAILURES:
        return f"close_{code}"
    return f"close_{code // 1000}xxx" if 3000 <= code <= 4999 else "close_other"


def reason_of_status(status: int, body: bytes = b"") -> str:
    """The reason for a status of HTTP in place of a session; a code in the body says more than the status."""
    if 300 <= status <= 399:
        return "redirect"
    if 500 <= status <= 599:
        return "http_5xx"
    return _code_in(body) or _STATUSES.get(status, "bad_request")


def retry_after(header: str | None, message: str = "") -> float | None:
    """How many seconds the server wants to be left alone, if it says so in either place.

    The header is `Retry-After` (RFC 9110, 10.2.3) in seconds; a date there is passed over, since no
    clock is at hand. The message is an error's, which may hold "try again in 1m26.4s".
    """
    if header is not None and _SECONDS.fullmatch(header.strip()):
        return min(float(header), MAX_WAIT_S)
    return wait_hint(message)


def _code_in(body: bytes) -> str | None:
    """The reason that stands as a code in an answer like `{"error": {"code": …}}`."""
    if len(body) > LONGEST_BODY_BYTES:
        return None
    try:
        answer: Any = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return None
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict):
        return None
    words = [error.get(key) for key in ("code", "type")]
    return next((_CODES[word] for word in words if isinstance(word, str) and word in _CODES), None)
