"""What to do about each error that a Realtime server reports.

Most errors mean that one event was refused and the session goes on; making each of them fatal is
the usual way to lose calls. The codes are those that the service documents or has been seen to send.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

__all__ = ["ACTIONS", "Action", "action_at_end", "action_for"]


class Action(Enum):
    """What the one who talks with the server does.

    The same words stand at two levels: in a `Fault` they are about the session, in a `ResponseEnded`
    about one answer. A refusal that ended an answer is told by that answer's end, and its fault says
    no more than `IGNORE`, unless it is one for `STOP`.
    """

    IGNORE = "ignore"
    """Note it and go on; sending the same again would fail again."""
    REPAIR = "repair"
    """The client session has put it right by itself, or does so at the next `response.done`. In faults alone."""
    RETRY = "retry"
    """It was bad luck. An answer: ask again in a moment, a few times. A session: go on in a new one."""
    FAIL_OVER = "fail_over"
    """This server does not take our settings: go on elsewhere. In faults alone."""
    STOP = "stop"
    """No session with this account or these settings will do: hand the caller over."""


ACTIONS: Final[Mapping[str, Action]] = {
    # Races that both sides run by design.
    "conversation_already_has_active_response": Action.REPAIR,
    "response_cancel_not_active": Action.IGNORE,
    "input_audio_buffer_commit_empty": Action.IGNORE,
    "item_truncate_invalid_item_id": Action.IGNORE,
    "item_delete_invalid_item_id": Action.IGNORE,
    "item_retrieve_invalid_item_id": Action.IGNORE,
    "item_create_duplicate_item_id": Action.IGNORE,
    "invalid_tool_call_id": Action.REPAIR,
    # Faults of ours in one event.
    "missing_required_parameter": Action.IGNORE,
    "unknown_parameter": Action.IGNORE,
    "invalid_value": Action.IGNORE,
    "invalid_event": Action.IGNORE,
    "invalid_json": Action.IGNORE,
    "string_above_max_length": Action.IGNORE,
    "cannot_update_voice": Action.REPAIR,
    "bad_response_create": Action.IGNORE,
    # The service is busy or ill.
    "rate_limit_exceeded": Action.RETRY,
    "inference_rate_limit_exceeded": Action.RETRY,
    "server_error": Action.RETRY,
    # The session is over; another one goes on where it stopped.
    "session_expired": Action.RETRY,
    # The account or its settings are at fault.
    "invalid_api_key": Action.STOP,
    "account_deactivated": Action.STOP,
    "insufficient_quota": Action.STOP,
    "credit_balance_exhausted": Action.STOP,
    "billing_hard_limit_reached": Action.STOP,
    "missing_model": Action.STOP,
    "invalid_model": Action.STOP,
    "model_not_found": Action.STOP,
    "beta_api_shape_disabled": Action.STOP,
}
"""By code. A code that is not here is ignored for as long as the socket stays open."""


def action_for(code: str | None, kind: str | None = None) -> Action:
    """What to do about an error of that code, or, where it has none that we know, of that type."""
    found = ACTIONS.get(code or "")
    return found if found is not None else ACTIONS.get(kind or "", Action.IGNORE)


def action_at_end(status: str, code: str | None, kind: str | None = None) -> Action:
    """What to do about an answer that ended in that way.

    One that failed is worth asking for again unless we know better: its turn is still in the conversation.
    """
    if status != "failed":
        return Action.IGNORE
    known = code in ACTIONS or kind in ACTIONS
    action = action_for(code, kind) if known else Action.RETRY
    return Action.RETRY if action is Action.REPAIR else action
