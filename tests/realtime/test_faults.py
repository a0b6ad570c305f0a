"""What is done about each error code."""

import pytest

from npcl_voice.realtime.faults import ACTIONS, Action, action_for

TABLE = {
    Action.IGNORE: """response_cancel_not_active input_audio_buffer_commit_empty item_truncate_invalid_item_id
        item_delete_invalid_item_id item_retrieve_invalid_item_id item_create_duplicate_item_id invalid_tool_call_id
        missing_required_parameter unknown_parameter invalid_value invalid_event invalid_json
        string_above_max_length bad_response_create""",
    Action.REPAIR: "conversation_already_has_active_response cannot_update_voice",
    Action.RETRY: "rate_limit_exceeded inference_rate_limit_exceeded server_error",
    Action.FAIL_OVER: "session_expired",
    Action.STOP: """invalid_api_key account_deactivated insufficient_quota credit_balance_exhausted
        billing_hard_limit_reached missing_model invalid_model model_not_found beta_api_shape_disabled""",
}
ROWS = [(code, action) for action, codes in TABLE.items() for code in codes.split()]


@pytest.mark.parametrize(("code", "action"), ROWS)
def test_a_known_code(code: str, action: Action) -> None:
    """Each code has its action, whatever the type says."""
    assert action_for(code) is action
    assert action_for(code, "insufficient_quota") is action


def test_the_table_is_whole() -> None:
    """There is no code in the table but these."""
    assert dict(ROWS) == dict(ACTIONS)


def test_an_unknown_code() -> None:
    """The session goes on, unless the type says more."""
    assert action_for("a_new_one") is Action.IGNORE
    assert action_for(None) is Action.IGNORE
    assert action_for(None, "invalid_request_error") is Action.IGNORE
    assert action_for(None, "server_error") is Action.RETRY
    assert action_for("a_new_one", "server_error") is Action.RETRY
