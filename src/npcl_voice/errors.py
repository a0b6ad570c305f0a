"""One class per answer the catcher can give.

Each error says, by its class, what the code that catches it should do next. Messages are written
for the person who reads them: what happened, and what to do about it. They never hold a secret
or a caller's data.
"""

__all__ = [
    "LocalProtocolError",
    "NpclVoiceError",
    "RefusedError",
    "RemoteProtocolError",
    "RuleError",
    "SettingsError",
    "UnavailableError",
]


class NpclVoiceError(Exception):
    """Any error that this program raises on purpose."""


class SettingsError(NpclVoiceError):
    """A setting or an argument is wrong: stop, and name it."""

    def __init__(self, setting: str, message: str) -> None:
        super().__init__(f"{setting}: {message}")
        self.setting = setting


class LocalProtocolError(NpclVoiceError):
    """We broke a protocol ourselves: a bug of ours."""


class RemoteProtocolError(NpclVoiceError):
    """The other side broke a protocol: close the session, keep the call.

    `code` is the `error.code` that the Realtime API would use for it, `param` the field at fault.
    """

    def __init__(
        self, message: str, *, code: str = "invalid_event", param: str | None = None, event_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.event_id = event_id


class UnavailableError(NpclVoiceError):
    """Something we depend on is away for now: try again, or go on without it.

    `reason` is a short stable word (`timeout`, `close_1011`), which counters and tables are keyed by;
    `retry_after_s` is how long the other side wants to be left alone, where it has said so.
    """

    def __init__(self, message: str, *, reason: str = "unavailable", retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after_s = retry_after_s


class RefusedError(NpclVoiceError):
    """Something we depend on refuses for good: give up, tell the caller and the operator.

    `reason` is a short stable word (`invalid_api_key`), as in UnavailableError.
    """

    def __init__(self, message: str, *, reason: str = "refused") -> None:
        super().__init__(message)
        self.reason = reason


class RuleError(NpclVoiceError):
    """The business says no: say why, kindly.

    `reason` is a short stable word (`unknown_number`), which phrases and tools are keyed by.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
