"""Answers, and what a server says of them: the words of which their tests are made."""

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime import items as i
from npcl_voice.realtime.answers import Answers
from npcl_voice.realtime.calls import Calls
from npcl_voice.realtime.responses import Response
from npcl_voice.realtime.session import ResponseParameters

ACTIVE = "conversation_already_has_active_response"
NOT_ACTIVE = "response_cancel_not_active"
FIRST = ResponseParameters(instructions="first")
SECOND = ResponseParameters(instructions="second")


class Ids:
    """Counted ids."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, kind: str = "event") -> str:
        self.count += 1
        return f"e{self.count}"


def begun() -> Answers:
    ids = Ids()
    return Answers(ids, Calls(ids))


def create(event_id: str, parameters: ResponseParameters | None = None) -> list[e.ResponseCreate]:
    return [e.ResponseCreate(parameters, event_id=event_id)]


def refusal(code: str | None, event_id: str | None) -> e.ErrorDetail:
    return e.ErrorDetail("invalid_request_error", "no", code, None, event_id)


def done(response_id: str, status: str | None = "completed", *output: i.Item) -> Response:
    return Response(response_id, status=status, output=output)


def ended(response_id: str, status: str = "completed", *, called_tools: bool = False) -> h.ResponseEnded:
    return h.ResponseEnded(response_id, status, None, None, None, called_tools)


def called(response_id: str, call_id: str = "c", item_id: str = "f") -> h.ToolCalled:
    return h.ToolCalled(response_id, item_id, call_id, "no_supply", "{}")


def tool(status: str | None = "completed", call_id: str | None = "c", item_id: str | None = "f") -> i.FunctionCall:
    return i.FunctionCall("no_supply", "{}", call_id, item_id, status=status)
