"""What is known of a call at one moment, made step by step out of what happens."""

import msgspec
import pytest

from npcl_voice.audio.frame import PCM_24K
from npcl_voice.cli.picture import KEPT, Caption, Engine, Picture, Tool, Wait, step
from npcl_voice.conversation import commands as c
from npcl_voice.conversation import events as e
from npcl_voice.conversation.context import Context, Matter
from npcl_voice.conversation.playback import ItemId, OnAir, SayId
from npcl_voice.realtime import events as model
from npcl_voice.realtime.responses import Response, Usage

ANSWER = ItemId("a1", 0)
NOTHING = e.TimePassed()
WORDS = "Where do you live now?"


class Watched:
    """A call that is watched; `context` and `on_air` are what the conversation would say."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.context = Context()
        self.on_air: tuple[OnAir, ...] = ()
        self.now = 0.0

    def sees(self, event: e.CallEvent = NOTHING, *lines: c.ReportLine | c.Command) -> Picture:
        """One step; report lines are told as reports."""
        done = [one if isinstance(one, c.Command) else c.Report(one) for one in lines]
        self.picture = step(self.picture, self.now, event, done, context=self.context, on_air=self.on_air)
        return self.picture


@pytest.fixture
def call():
    """A call that was answered at once."""
    watched = Watched()
    watched.sees(e.CallAnswered(PCM_24K))
    return watched


def server(event: model.ServerEvent) -> e.ModelSent:
    return e.ModelSent(event)


def heard(text: str) -> c.Transcript:
    return c.Transcript("caller", text)


def said(text: str, heard_ms: int = 100, whole_ms: int = 100) -> c.Transcript:
    return c.Transcript("assistant", text, heard_ms, whole_ms)


def test_time_is_counted_from_the_answer(call) -> None:
    """Before it there is none."""
    assert Picture(now=7.0).elapsed_s == 0
    call.now = 4.5
    assert call.sees().elapsed_s == 4.5


def test_the_caller_is_seen_to_speak_and_the_words_come_bit_by_bit(call) -> None:
    """Speaking, then being made out, then known; what was half heard is gone then."""
    assert call.sees(server(model.InputAudioBufferSpeechStarted("i1"))).speaking
    delta = model.ConversationItemInputAudioTranscriptionDelta
    call.sees(server(delta("i1", 0, "no ")))
    assert call.sees(server(delta("i1", 0, "power"))).partial == "no power"
    picture = call.sees(server(model.InputAudioBufferSpeechStopped("i1")))
    assert (picture.speaking, picture.listening) == (False, True)
    done = model.ConversationItemInputAudioTranscriptionCompleted("i1", 0, "no power")
    picture = call.sees(server(done), heard("no power"))
    assert (picture.listening, picture.partial) == (False, "")
    assert picture.captions == (Caption("caller", "no power"),)
    assert picture.turn == 1


def test_a_turn_of_which_nothing_is_known_leaves_nothing(call) -> None:
    """The recogniser failed, or the engine was lost in the middle."""
    failed = model.ConversationItemInputAudioTranscriptionFailed("i1")
    for end in (server(failed), e.ModelLost("it fell")):
        call.sees(server(model.InputAudioBufferSpeechStarted("i1")))
        call.sees(server(model.ConversationItemInputAudioTranscriptionDelta("i1", 0, "no")))
        picture = call.sees(end)
        assert picture.partial == ""
        assert not picture.listening
        assert picture.captions == ()
        call.sees(server(model.InputAudioBufferSpeechStopped("i1")))
        assert not call.picture.speaking


def test_what_was_cut_off_is_kept_apart_from_what_was_heard(call) -> None:
    """The words heard are told; the rest is what was last on its way."""
    call.on_air = (OnAir(ANSWER, "Where", WORDS),)
    call.sees()
    call.on_air = ()
    picture = call.sees(NOTHING, c.StopPlaying(1), said("Where do", 500, 1100), heard("talk to a person"))
    assert picture.captions == (
        Caption("assistant", "Where do", "you live now?"),
        Caption("caller", "talk to a person"),
    )


def test_what_was_cut_before_it_was_heard_stands_before_the_caller_s_words(call) -> None:
    """Nothing is told of it, and it was on the screen all the same."""
    call.on_air = (OnAir(SayId(1), "One", "One moment."), OnAir(ANSWER, "", WORDS))
    call.sees()
    call.on_air = ()
    picture = call.sees(NOTHING, c.StopPlaying(1), said("One", 50, 100), heard("stop"))
    assert picture.captions == (
        Caption("assistant", "One", "moment."),
        Caption("assistant", "", WORDS),
        Caption("caller", "stop"),
    )


def test_safety_words_that_are_put_back_are_not_cut(call) -> None:
    """They are still on their way after the cut."""
    call.on_air = (OnAir(SayId(1), "Keep", "Keep away."),)
    call.sees()
    assert call.sees(NOTHING, c.StopPlaying(1), heard("what")).captions == (Caption("caller", "what"),)


def test_what_was_heard_to_its_end_is_whole(call) -> None:
    """Nothing is struck out of it, nor out of typed text, nor where the rest is not known."""
    call.sees(NOTHING, said(WORDS), c.Transcript("assistant", "typed"), said("other", 10, 20))
    assert [caption.unheard for caption in call.picture.captions] == ["", "", ""]


def test_a_pause_is_seen_until_it_ends(call) -> None:
    """While the caller speaks over the assistant."""
    assert call.sees(NOTHING, c.PausePlaying()).paused
    assert not call.sees(NOTHING, c.ResumePlaying()).paused


def test_a_tool_is_seen_to_run_and_to_answer(call) -> None:
    """With what it was asked and what it said; a refusal too, and arguments that are no object."""
    picture = call.sees(NOTHING, c.RunIntent("c1", "no_supply", '{"area":"Delta 1"}', {}))
    assert picture.tools == (Tool("no_supply", {"area": "Delta 1"}),)
    result = {"ok": True, "complaint_number": "000054324", "repeat": False}
    picture = call.sees(NOTHING, c.ToolAnswered("no_supply", {"area": "Delta 1"}, result))
    assert picture.tools == (Tool("no_supply", {"area": "Delta 1"}, result),)
    assert picture.captions[-1] == Caption("records", "no_supply(Delta 1): ok, complaint number 000054324")
    call.sees(NOTHING, c.RunIntent("c2", "bye", "nonsense", {}))
    assert call.picture.tools[-1].arguments == {"text": "nonsense"}
    call.sees(NOTHING, c.ToolAnswered("agent", {}, {"ok": False, "reason": "unavailable"}))
    assert [tool.name for tool in call.picture.tools] == ["no_supply", "bye", "agent"]
    assert call.picture.captions[-1].text == "agent(): refused, unavailable"


def test_waits_are_held_against_their_budgets(call) -> None:
    """By turn; after a dictated number more is allowed, after a keyed one it is not."""
    call.sees(NOTHING, c.Latency("greeting", 301.0))
    call.sees(NOTHING, heard("no power"))
    call.sees(NOTHING, c.Latency("first_sound", 901.0), c.Latency("bridge", 100.0), c.Latency("capture", 40.0))
    call.context = Context(question="consumer_number")
    call.sees()
    call.sees(NOTHING, c.Latency("barge_in", 90.0), heard("2990741852"))
    call.sees(NOTHING, c.Latency("first_sound", 901.0))
    call.sees(NOTHING, heard("[keypad] 2990741852"))
    call.sees(NOTHING, c.Latency("first_sound", 901.0))
    assert call.picture.waits == (
        Wait(0, "greeting", 301.0, 300.0),
        Wait(1, "first_sound", 901.0, 900.0),
        Wait(1, "bridge", 100.0, 1500.0),
        Wait(1, "capture", 40.0, 50.0),
        Wait(2, "barge_in", 90.0, None),
        Wait(2, "first_sound", 901.0, 1300.0),
        Wait(3, "first_sound", 901.0, 900.0),
    )
    assert [wait.over for wait in call.picture.waits] == [True, True, False, False, False, False, True]


def test_the_engine_its_changes_and_what_it_used(call) -> None:
    """The first is no change; a free engine's estimate is no cost."""
    used = server(model.ResponseDone(Response("r1", usage=Usage(120))))
    assert call.sees(e.ModelLost("there was none")).engine is None
    assert call.sees(NOTHING, c.EngineChanged("local", "no key")).engine == Engine("local", "no key")
    assert call.sees(used).tokens == 0
    assert call.picture.reconnects == 0
    assert call.sees(e.ModelLost("it fell")).engine == Engine("local", "no key", lost=True)
    picture = call.sees(NOTHING, c.EngineChanged("openai", "it is back"))
    assert (picture.engine, picture.reconnects) == (Engine("openai", "it is back"), 1)
    assert picture.captions == (Caption("engine", "openai (it is back)"),)
    call.sees(used)
    assert call.sees(used).tokens == 240


def test_the_greatest_danger_stays(call) -> None:
    """Each is a caption."""
    call.sees(NOTHING, c.HazardHeard("P1"))
    assert call.picture.danger == "P1"
    call.sees(NOTHING, c.HazardHeard("P0"))
    call.sees(NOTHING, c.HazardHeard("P1"))
    assert call.picture.danger == "P0"
    assert [caption.text for caption in call.picture.captions] == ["P1", "P0", "P1"]


def test_keys_are_seen_until_they_are_an_entry(call) -> None:
    """As they are pressed."""
    call.sees(e.CallerKeyed("2"))
    assert call.sees(e.CallerKeyed("9")).keyed == "29"
    assert call.sees(NOTHING, heard("[keypad] 29")).keyed == ""


def test_floor_context_and_end_are_the_conversation_s(call) -> None:
    """As they are reported, and looked at."""
    call.context = Context(matter=Matter.COMPLAINT)
    end = c.CallEnded("hung_up", ())
    picture = call.sees(e.CallerHungUp(), c.StateChanged("ended", "ended", "complaint"), end)
    assert (picture.floor, picture.context.matter, picture.end) == ("ended", Matter.COMPLAINT, end)


def test_history_is_bounded(call) -> None:
    """The oldest captions go."""
    for number in range(KEPT + 5):
        call.sees(NOTHING, heard(str(number)))
    assert len(call.picture.captions) == KEPT
    assert call.picture.captions[-1].text == str(KEPT + 4)


def test_a_picture_can_be_kept(call) -> None:
    """As JSON, and back."""
    call.on_air = (OnAir(ANSWER, "Where", WORDS), OnAir(SayId(3), "", "Goodbye."))
    call.sees(NOTHING, c.EngineChanged("local", "no key"))
    assert msgspec.json.decode(msgspec.json.encode(call.picture), type=Picture) == call.picture
