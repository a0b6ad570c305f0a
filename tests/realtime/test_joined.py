"""Client and server joined in memory: whole turns, as the two of them see them."""

from msgspec import UNSET

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime import orders as o
from npcl_voice.realtime.faults import Action
from npcl_voice.realtime.session import Audio, AudioInput, AudioOutput, Pcm, Pcmu, ServerVad, SessionConfig
from tests.realtime.joined import HEARD, MANUAL, MS, Joined


def test_an_audio_turn_with_server_detection() -> None:
    """Speech, its end, an answer by itself, words and sound: in the order of the live service."""
    call = Joined(HEARD)
    assert call.happened == [h.SessionReady()]
    call.ask(call.client.append(b"\0" * 3000 * MS))
    assert call.orders[-1] == o.AudioArrived(b"\0" * 3000 * MS, 0)
    start = len(call.sent)
    assert call.engine(call.server.speech_started(820)) == [h.CallerStarted("item_1", 820)]
    assert call.engine(call.server.speech_stopped(2900)) == [
        h.CallerStopped("item_1", 2900),
        h.TurnCommitted("item_1"),
        h.ResponseBegan("resp_1"),
    ]
    assert call.orders[-2] == o.TurnTaken("item_1", 820, 2900)
    assert call.client.responding
    item_id, out = call.server.begin_message("resp_1")
    assert item_id == "item_2"
    call.engine(out)
    assert call.engine(call.server.text("resp_1", "Let me")) == [h.AssistantText("resp_1", "item_2", 0, "Let me")]
    assert call.engine(call.server.audio("resp_1", b"\1\0" * 24 * 60)) == [
        h.AssistantAudio("resp_1", "item_2", 0, b"\1\0" * 24 * 60)
    ]
    assert call.engine(call.server.transcript_done("item_1", "my power is out", 2.1)) == [
        h.Heard("item_1", "my power is out")
    ]
    assert call.engine(call.server.end_message("resp_1")) == [h.MessageEnded("resp_1", "item_2", "Let me")]
    assert call.engine(call.server.finish("resp_1")) == [
        h.ResponseEnded("resp_1", "completed", None, None, None, False),
        h.RateLimits(()),
    ]
    assert not call.client.responding
    assert call.names(start) == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "conversation.item.input_audio_transcription.completed",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
        "rate_limits.updated",
    ]
    assert call.client.order() == ["item_1", "item_2"]
    assert len({event.event_id for event in call.sent}) == len(call.sent)


def test_a_manual_turn() -> None:
    """Push to talk: clear, sound, commit, and an answer only when it is asked for."""
    call = Joined(MANUAL)
    call.ask(call.client.clear())
    assert call.orders[-1] == o.BufferCleared()
    call.ask(call.client.append(b"\0" * 200 * MS))
    assert call.ask(call.client.commit()) == [h.TurnCommitted("item_1")]
    assert call.orders[-1] == o.TurnTaken("item_1", 0, 200)
    assert call.of(o.RespondTo) == []
    assert call.ask(call.client.request_response()) == [h.ResponseBegan("resp_1")]


def test_a_typed_turn_in_text() -> None:
    """A line typed, a line written."""
    call = Joined(SessionConfig(output_modalities=("text",)))
    call.ask([*call.client.user_text("When is power back?"), *call.client.request_response()])
    added = call.of(o.ItemAdded)[0].item
    assert (added.id, added.role, added.content[0].text) == ("t_item_2", "user", "When is power back?")
    start = len(call.sent)
    call.engine(call.server.audio("resp_1", b"\0" * 9600))
    call.engine(call.server.text("resp_1", "At six."))
    happened = call.engine(call.server.finish("resp_1"))
    assert happened[0] == h.MessageEnded("resp_1", "item_1", "At six.")
    assert call.names(start) == [
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
        "rate_limits.updated",
    ]


def test_a_function_call() -> None:
    """A preamble and a call: the tool is run once, its output comes back, and one answer is made of it."""
    call = Joined(MANUAL)
    call.ask(call.client.request_response())
    call.engine(call.server.text("resp_1", "One moment."))
    happened = call.engine(call.server.call_function("resp_1", "get_outage", '{"account":"A-1"}'))
    assert happened == [
        h.MessageEnded("resp_1", "item_1", "One moment."),
        h.ToolCalled("resp_1", "item_2", "call_1", "get_outage", '{"account":"A-1"}'),
    ]
    assert call.ask(call.client.tool_output("call_1", '{"ok":true}')) == []
    assert call.ask(call.client.request_response()) == []
    happened = call.engine(call.server.finish("resp_1"))
    assert happened == [
        h.ResponseEnded("resp_1", "completed", None, None, None, True),
        h.RateLimits(()),
        h.ResponseBegan("resp_2"),
    ]
    assert call.client.order() == ["item_1", "item_2", "t_item_3"]


def test_a_barge_in_that_the_server_notices() -> None:
    """Speech cancels the answer; what was heard of it is all that stays."""
    call = Joined()
    call.ask(call.client.request_response())
    call.engine(call.server.text("resp_1", "A long story"))
    call.engine(call.server.audio("resp_1", b"\0" * 1000 * MS))
    happened = call.engine(call.server.speech_started(0))
    assert happened == [
        h.CallerStarted("item_2", 0),
        h.MessageEnded("resp_1", "item_1", "A long story"),
        h.ResponseEnded("resp_1", "cancelled", "turn_detected", None, None, False),
        h.RateLimits(()),
    ]
    assert call.orders[-1] == o.CancelResponse("resp_1", "turn_detected")
    assert call.client.received_ms("item_1") == 1000
    call.ask(call.client.truncate("item_1", 0, 1480))
    assert call.orders[-1] == o.Truncated("item_1", 1000)
    call.ask(call.client.truncate("item_1", 0, 400))
    assert call.orders[-1] == o.Truncated("item_1", 400)
    assert call.client.received_ms("item_1") == 400
    assert call.of(h.Fault) == []


def test_a_cancellation_by_the_client_drops_what_is_on_its_way() -> None:
    """Sound that the server sent before it heard of the cancellation is not played."""
    call = Joined(MANUAL)
    call.ask(call.client.request_response())
    late = call.server.audio("resp_1", b"\0" * 100 * MS)
    cancel = call.client.cancel_response()
    assert call.engine(late) == []
    happened = call.ask(cancel)
    assert happened == [
        h.ResponseEnded("resp_1", "cancelled", "client_cancelled", None, None, False),
        h.RateLimits(()),
    ]
    assert call.server.audio("resp_1", b"\0" * 9600) == []
    assert call.server.begin_message("resp_1") == ("", [])
    assert call.client.cancel_response() == []


def test_wishes_for_an_answer_come_together() -> None:
    """However often an answer is wanted while one is under way, one comes after it."""
    call = Joined(MANUAL)
    for instructions in (None, "first", "second"):
        call.ask(call.client.request_response(instructions))
    assert [event.response for event in call.of(e.ResponseCreate)] == [None]
    call.engine(call.server.finish("resp_1", "incomplete", "max_output_tokens"))
    assert [order.parameters.instructions for order in call.of(o.RespondTo)] == ["", "second"]
    call.engine(call.server.finish("resp_2"))
    assert len(call.of(o.RespondTo)) == 2


def test_two_hands_that_ask_for_an_answer() -> None:
    """The server's own answer comes first: the client's create is refused, and repeated once when it is over."""
    call = Joined()
    call.ask(call.client.append(b"\0" * 500 * MS))
    call.engine(call.server.speech_started(0))
    unheard = call.server.speech_stopped(400)
    happened = call.ask(call.client.request_response())
    assert happened == [
        h.Fault(
            "conversation_already_has_active_response",
            "Conversation already has an active response in progress: resp_1. Wait until it is done.",
            Action.REPAIR,
            call.asked[-1].event_id,
        )
    ]
    call.engine(unheard)
    call.engine(call.server.finish("resp_1"))
    assert [order.response_id for order in call.of(o.RespondTo)] == ["resp_1", "resp_2"]


def test_a_voice_that_cannot_be_changed_any_more() -> None:
    """The update is sent again without the voice, and its other settings hold."""
    call = Joined(MANUAL)
    call.ask(call.client.request_response())
    unheard = call.server.audio("resp_1", b"\0" * 100 * MS)
    update = SessionConfig(instructions="new", audio=Audio(output=AudioOutput(voice="cedar", speed=1.1)))
    happened = call.ask(call.client.configure(update))
    assert [(fault.code, fault.action) for fault in happened] == [("cannot_update_voice", Action.REPAIR)]
    assert call.server.settings.instructions == "new"
    assert call.server.settings.audio.output == AudioOutput(format=Pcm(), voice="marin", speed=1.1)
    call.engine(unheard)
    call.ask(call.client.configure(update))
    assert call.of(e.SessionUpdate)[-1].session.audio.output.voice is UNSET
    assert len(call.of(h.Fault)) == 1


def test_telephone_formats_are_counted_in_their_own_milliseconds() -> None:
    """800 bytes of G.711 are 100 ms on either side."""
    call = Joined(
        SessionConfig(
            audio=Audio(
                input=AudioInput(format=Pcmu(), turn_detection=ServerVad(create_response=False)),
                output=AudioOutput(format=Pcmu()),
            )
        )
    )
    call.ask(call.client.append(b"\xff" * 799))
    call.ask(call.client.commit())
    assert call.of(h.Fault)[-1].code == "input_audio_buffer_commit_empty"
    call.ask(call.client.append(b"\xff"))
    call.ask(call.client.commit())
    assert call.orders[-1] == o.TurnTaken("item_1", 0, 100)
    call.ask(call.client.request_response())
    call.engine(call.server.audio("resp_1", b"\xff" * 800))
    assert call.client.received_ms(call.server.items[-1].id) == 100


def test_expiry_ends_everything() -> None:
    """The running answer fails, the client goes elsewhere, and nothing more is said."""
    call = Joined(MANUAL)
    call.ask(call.client.request_response())
    happened = call.engine(call.server.expire())
    assert [type(step) for step in happened] == [h.ResponseEnded, h.RateLimits, h.Fault]
    assert (happened[0].status, happened[0].error_code) == ("failed", "session_expired")
    assert (happened[2].code, happened[2].action) == ("session_expired", Action.RETRY)
    assert call.server.receive(e.ResponseCreate()) == []
    assert call.server.error("late", None) == []
