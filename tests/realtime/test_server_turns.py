"""What a server owes its client about the caller: sound, turns, words."""

from npcl_voice.realtime import events as e
from npcl_voice.realtime import items as i
from npcl_voice.realtime import orders as o
from npcl_voice.realtime import session as s
from npcl_voice.realtime.responses import ResponseError
from tests.realtime.joined import HEARD, MANUAL, MS, strictly
from tests.realtime.serving import NEITHER, begun, names, only, refused, sound


def test_sound_arrives_with_its_place() -> None:
    """In whole samples; half a sample does not outlive its format."""
    server = begun()
    assert server.receive(e.InputAudioBufferAppend(b"\1")) == []
    assert server.receive(e.InputAudioBufferAppend(b"\2" + b"\0" * 959)) == [o.AudioArrived(b"\1\2" + b"\0" * 958, 0)]
    assert server.receive(e.InputAudioBufferAppend(b"\5\6")) == [o.AudioArrived(b"\0\5", 20)]
    server.receive(e.SessionUpdate(s.SessionConfig(audio=s.Audio(input=s.AudioInput(format=s.Pcmu())))))
    assert server.receive(e.InputAudioBufferAppend(b"\7" * 8)) == [o.AudioArrived(b"\7" * 8, 20)]
    assert server.position_ms == 21


def test_an_update_without_a_new_format_keeps_half_a_sample() -> None:
    """Settings may change in the middle of sound."""
    server = begun()
    server.receive(e.InputAudioBufferAppend(b"\1"))
    server.receive(e.SessionUpdate(s.SessionConfig()))
    assert server.receive(e.InputAudioBufferAppend(b"\2")) == [o.AudioArrived(b"\1\2", 0)]


def test_a_turn_has_a_hundred_milliseconds() -> None:
    """Less is refused."""
    server = begun(MANUAL)
    server.receive(e.InputAudioBufferAppend(b"\0" * (100 * MS - 2)))
    out = server.receive(e.InputAudioBufferCommit(event_id="c1"))
    assert refused(out) == ("input_audio_buffer_commit_empty", None, "c1")
    assert out[0].error.message == "the buffer holds 99 ms of audio, a turn has 100 ms at least"  # type: ignore[union-attr]
    server.receive(e.InputAudioBufferAppend(b"\0" * 2))
    out = server.receive(e.InputAudioBufferCommit())
    assert names(out) == [
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "TurnTaken",
    ]
    item = only(out, e.ConversationItemDone).item
    assert item == i.Message("user", (i.InputAudio(),), id="item_1", object="realtime.item", status="completed")
    assert refused(server.receive(e.InputAudioBufferCommit()))[0] == "input_audio_buffer_commit_empty"


def test_the_second_turn_stands_behind_the_first() -> None:
    """Each event names the item before."""
    server = begun(MANUAL)
    for _ in range(2):
        server.receive(sound(100))
        out = server.receive(e.InputAudioBufferCommit())
    assert {step.previous_item_id for step in out if not isinstance(step, o.Order)} == {"item_1"}  # type: ignore[union-attr]
    assert out[-1] == o.TurnTaken("item_2", 100, 200)


def test_a_commit_in_the_middle_of_speech_takes_the_announced_id() -> None:
    """And the end that is noticed later is no second turn."""
    server = begun()
    server.receive(sound(500))
    assert only(server.speech_started(100), e.InputAudioBufferSpeechStarted).audio_start_ms == 100
    assert server.receive(e.InputAudioBufferCommit())[-1] == o.TurnTaken("item_1", 100, 500)
    assert server.speech_stopped(500) == []


def test_clear_forgets_sound_and_speech() -> None:
    """What was announced does not come."""
    server = begun()
    server.receive(sound(500))
    server.speech_started(0)
    assert names(server.receive(e.InputAudioBufferClear())) == ["input_audio_buffer.cleared", "BufferCleared"]
    assert server.speech_stopped(400) == []
    assert refused(server.receive(e.InputAudioBufferCommit()))[0] == "input_audio_buffer_commit_empty"


def test_speech_is_announced_once() -> None:
    """A second start is no event; without detection there is none, and an announced one is forgotten."""
    server = begun()
    assert names(server.speech_started(0)) == ["input_audio_buffer.speech_started"]
    assert server.speech_started(10) == []
    server.receive(e.SessionUpdate(MANUAL))
    assert server.speech_stopped(100) == []
    assert server.speech_started(100) == []
    assert server.idled(0, 100) == []


def test_detection_may_leave_the_decision_to_the_client() -> None:
    """With both values false there are events and turns, no answer and no interruption."""
    server = begun(NEITHER)
    server.receive(sound(500))
    server.receive(e.ResponseCreate())
    assert names(server.speech_started(0)) == ["input_audio_buffer.speech_started"]
    assert names(server.speech_stopped(400))[-1] == "TurnTaken"
    assert server.active == "resp_1"


def test_interruption_leaves_responses_beside_the_conversation_alone() -> None:
    """Only the conversation's own one is cancelled."""
    server = begun()
    server.receive(e.ResponseCreate(s.ResponseParameters(conversation="none")))
    assert server.active is None
    assert names(server.speech_started(0)) == ["input_audio_buffer.speech_started"]
    server.speech_stopped(0)
    assert server.active == "resp_2"
    out = server.speech_started(0)
    assert names(out) == [
        "input_audio_buffer.speech_started",
        "response.done",
        "rate_limits.updated",
        "CancelResponse",
    ]
    assert out[-1] == o.CancelResponse("resp_2", "turn_detected")


def test_an_automatic_answer_while_one_is_under_way() -> None:
    """Without interruption there is none, and the client is told."""
    vad = s.ServerVad(interrupt_response=False)
    server = begun(s.SessionConfig(audio=s.Audio(input=s.AudioInput(turn_detection=vad))))
    server.receive(e.ResponseCreate())
    server.speech_started(0)
    out = server.speech_stopped(0)
    assert names(out)[-2:] == ["TurnTaken", "error"]
    assert only(out, e.ErrorEvent).error.code == "conversation_already_has_active_response"
    assert only(out, e.ErrorEvent).error.event_id is None


def test_silence_may_be_a_turn() -> None:
    """The timeout is told first, then everything is as after speech."""
    server = begun()
    server.receive(sound(6000))
    out = server.idled(0, 6000)
    assert names(out) == [
        "input_audio_buffer.timeout_triggered",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "TurnTaken",
        "response.created",
        "RespondTo",
    ]
    assert out[0] == e.InputAudioBufferTimeoutTriggered("item_1", 0, 6000, event_id="event_2")
    server.speech_started(6000)
    assert server.idled(0, 6000) == []


def test_words_are_told_where_they_are_wanted() -> None:
    """Also while the caller speaks; each turn is completed once."""
    server = begun(HEARD, NEITHER)
    server.receive(sound(500))
    assert server.transcript_delta("item_1", "my") == []
    server.speech_started(0)
    (delta,) = server.transcript_delta("item_1", "my")
    assert delta == e.ConversationItemInputAudioTranscriptionDelta("item_1", 0, "my", event_id="event_5")
    assert server.transcript_delta("item_2", "my") == []
    assert server.transcript_delta("item_1", "") == []
    assert server.transcript_done("item_1", "my power", 0.5) == []
    server.speech_stopped(400)
    assert names(server.transcript_delta("item_1", " power")) == ["conversation.item.input_audio_transcription.delta"]
    (done,) = server.transcript_done("item_1", "my power", 0.5)
    assert strictly(done)["usage"] == {"type": "duration", "seconds": 0.5}  # type: ignore[arg-type]
    assert i.text_of(server.items[0]) == "my power"
    assert server.transcript_done("item_1", "again", 0.5) == []
    assert server.transcript_failed("item_1", "a", "b") == []
    assert server.transcript_delta("item_1", "more") == []


def test_a_failed_transcription() -> None:
    """The turn stays, its words do not come."""
    server = begun(HEARD, MANUAL)
    server.receive(sound(100))
    server.receive(e.InputAudioBufferCommit())
    (failed,) = server.transcript_failed("item_1", "audio_unintelligible", "no speech")
    assert failed == e.ConversationItemInputAudioTranscriptionFailed(
        "item_1", 0, ResponseError("transcription_error", "audio_unintelligible", "no speech"), event_id="event_7"
    )
    strictly(failed)
    assert len(server.items) == 1


def test_words_are_not_told_where_they_are_not_wanted() -> None:
    """The conversation knows them nevertheless, unless the item was deleted."""
    server = begun(MANUAL)
    for _ in range(3):
        server.receive(sound(100))
        server.receive(e.InputAudioBufferCommit())
    assert server.transcript_delta("item_1", "my") == []
    assert server.transcript_done("item_1", "my power", 0.1) == []
    assert i.text_of(server.items[0]) == "my power"
    assert server.transcript_failed("item_2", "a", "b") == []
    server.receive(e.ConversationItemDelete("item_3"))
    assert server.transcript_done("item_3", "gone", 0.1) == []
    assert len(server.items) == 2
