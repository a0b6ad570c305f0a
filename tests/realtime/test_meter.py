"""The estimate of what a response costs."""

from npcl_voice.realtime.history import Entry
from npcl_voice.realtime.items import FunctionCall, FunctionCallOutput, InputAudio, InputText, Message, OutputAudio
from npcl_voice.realtime.meter import Meter, usage
from npcl_voice.realtime.responses import CachedTokens, InputTokens, OutputTokens, Usage
from npcl_voice.realtime.session import FunctionTool, ResponseParameters

CONTEXT = [
    Entry(Message("system", (InputText("12345"),))),
    Entry(Message("user", (InputAudio("not read"),)), audio_ms=2001),
    Entry(Message("assistant", (OutputAudio("1234"),)), audio_ms=1000),
    Entry(FunctionCall("name", "{}")),
    Entry(FunctionCallOutput("call_1", "12345678")),
]


def test_what_is_read() -> None:
    """Caller 100 ms a token, assistant 50 ms, text four characters; begun tokens count."""
    meter = Meter()
    parameters = ResponseParameters(instructions="1234", tools=(FunctionTool("f"),))
    tools = len('[{"type":"function","name":"f"}]') // 4
    text = 1 + tools + 2 + 1 + 2 + 2
    assert meter.read(parameters, CONTEXT) == InputTokens(text, 21 + 20, 0, 0, CachedTokens(0, 0, 0))
    again = meter.read(ResponseParameters(), CONTEXT[:2])
    assert again == InputTokens(2, 21, 0, 23, CachedTokens(2, 21, 0))
    third = meter.read(ResponseParameters(), CONTEXT)
    assert third == InputTokens(7, 41, 0, 23, CachedTokens(2, 21, 0))
    meter.forget()
    assert meter.read(ResponseParameters(), []) == InputTokens(0, 0, 0, 0, CachedTokens(0, 0, 0))


def test_what_it_costs() -> None:
    """Sums of both sides."""
    read = InputTokens(119, 13, 0, 64, CachedTokens(64, 0, 0))
    assert usage(read, "12345", 4501) == Usage(132 + 93, 132, 93, read, OutputTokens(2, 91))
    nothing = InputTokens()
    assert usage(nothing, "", 0) == Usage(0, 0, 0, nothing, OutputTokens(0, 0))
