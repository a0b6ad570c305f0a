"""Whatever happens, in whatever order: a call does not break, and can be replayed."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from npcl_voice.config import Call
from npcl_voice.conversation.commands import (
    CallEnded,
    ChangeEngine,
    HandedOver,
    HangUp,
    PausePlaying,
    Play,
    Report,
    ResumePlaying,
    RunIntent,
    SendToModel,
    StateChanged,
    StopPlaying,
    ToolAnswered,
    Transcript,
)
from npcl_voice.conversation.context import Matter
from npcl_voice.conversation.events import (
    CallAnswered,
    CallerHungUp,
    CallerKeyed,
    CallerText,
    EngineOffered,
    IntentFailed,
    ModelJoined,
    ModelLost,
    ModelSent,
    Played,
    SayFailed,
    SayRendered,
    TimePassed,
)
from npcl_voice.conversation.floor import FLOORS, Floor
from npcl_voice.realtime.events import ConversationItemTruncate, ErrorDetail, ErrorEvent
from tests.conversation.talk import conversation
from tests.playbook import (
    JOINED,
    LOST,
    READY,
    REMOTE,
    answer_begins,
    answer_ends,
    answered,
    commits,
    frame,
    hears,
    message_ends,
    not_heard,
    silence,
    sound,
    speaks,
    speech,
    stops,
    tool_answers,
    tool_call,
    voiced,
    words,
)

ITEMS = st.sampled_from(["i1", "i2", "i3"])
ANSWERS = st.sampled_from(["r1", "r2", "r3"])
SAYS = st.integers(1, 6)
SENTENCES = st.sampled_from(
    [
        "no power",
        "ok",
        "bye",
        "there is a fire in my house",
        "two zero zero",
        "yes",
        "no",
        "delta one",
        "purple",
        "2000001234",
    ]
)
TOOLS = st.sampled_from(["no_supply", "complaint_status", "hazard", "agent", "repeat", "bye", "weather"])
CALLS = st.sampled_from(["c1", "c2"])
POSITIONS = st.integers(0, 20_000)

EVENTS = st.one_of(
    st.builds(frame, st.sampled_from([20, 200])),
    st.builds(speech, st.sampled_from([20, 500])),
    st.builds(silence, st.sampled_from([20, 500])),
    st.builds(CallerText, SENTENCES),
    st.builds(CallerKeyed, st.sampled_from("0123456789*#x")),
    st.builds(Played, st.integers(0, 4000), st.integers(0, 4)),
    st.builds(voiced, SAYS, SENTENCES, st.sampled_from([0, 50, 400])),
    st.builds(SayRendered, SAYS),
    st.builds(SayFailed, SAYS, st.just("no voice")),
    st.builds(speaks, ITEMS, POSITIONS),
    st.builds(stops, ITEMS, POSITIONS),
    st.builds(commits, ITEMS),
    st.builds(hears, ITEMS, SENTENCES),
    st.builds(not_heard, ITEMS),
    st.builds(answer_begins, ANSWERS),
    st.builds(words, SENTENCES, st.sampled_from(["a1", "a2"]), ANSWERS),
    st.builds(sound, st.sampled_from([10, 300]), st.sampled_from(["a1", "a2"]), ANSWERS),
    st.builds(message_ends, st.sampled_from(["a1", "a2"]), ANSWERS),
    st.builds(tool_call, CALLS, TOOLS, st.just("{}"), st.just("f1"), ANSWERS),
    st.builds(answer_ends, ANSWERS, st.sampled_from(["completed", "failed", "cancelled"])),
    st.builds(tool_answers, CALLS, TOOLS, complaint_number=st.sampled_from(["000054324", "x"])),
    st.builds(IntentFailed, CALLS, TOOLS, st.just("bug")),
    st.just(TimePassed()),
)
FAULTS = ("session_expired", "server_error", "insufficient_quota", "invalid_value")
RARE = st.sampled_from(
    [
        LOST,
        ModelLost("all engines are gone", final=True),
        EngineOffered("openai", "it is back"),
        JOINED,
        REMOTE,
        READY,
        CallerHungUp(),
        *(ModelSent(ErrorEvent(ErrorDetail(code=code))) for code in FAULTS),
    ]
)


@st.composite
def passages(draw):
    """Some events that belong together: a turn, an answer, a phrase; or any event."""
    item, answer, message, say_id = draw(ITEMS), draw(ANSWERS), draw(st.sampled_from(["a1", "a2"])), draw(SAYS)
    turn = [speaks(item, 0), stops(item, draw(POSITIONS)), commits(item), hears(item, draw(SENTENCES))]
    spoken = [words(draw(SENTENCES), message, answer), sound(300, message, answer), message_ends(message, answer)]
    tool = [tool_call(draw(CALLS), draw(TOOLS), "{}", "f1", answer)]
    answered_so = [answer_begins(answer), *draw(st.sampled_from([spoken, tool, spoken + tool])), answer_ends(answer)]
    phrase = [voiced(say_id, "Words.", 400), SayRendered(say_id)]
    gap = [LOST, speech(500), silence(500), draw(st.sampled_from([JOINED, REMOTE])), READY]
    events = draw(st.sampled_from([turn, answered_so, phrase, gap, [draw(EVENTS)], [draw(EVENTS)]]))
    return [(draw(st.sampled_from([0.0, 0.1, 0.5, 9.0])), event) for event in events]


STEPS = st.lists(passages(), min_size=5, max_size=25).map(lambda parts: [step for part in parts for step in part])


@st.composite
def calls(draw):
    """A call: it begins as calls do, and then anything may happen."""
    opening = draw(st.permutations([draw(st.sampled_from([JOINED, REMOTE])), answered(voice=draw(st.booleans()))]))
    steps = draw(STEPS)
    for one in draw(st.lists(RARE, max_size=4)):
        steps.insert(draw(st.integers(0, len(steps))), (0.0, one))
    return [(0.0, opening[0]), (0.0, opening[1]), (0.0, READY), *steps]


def _reachable():
    """Which floor can follow which in one step: several events of the table may happen at once."""
    reached = {floor: {floor} for floor in Floor}
    for _ in Floor:
        for seen in reached.values():
            seen.update(*(FLOORS[one].values() for one in list(seen)))
    return reached


REACHABLE = _reachable()


class Watch:
    """Holds a call, and sees to what is always true of it."""

    def __init__(self):
        self.call = conversation(call=Call(limit_s=200, limit_warning_s=150), remote=True)
        self.now = 0.0
        self.paused = False
        self.stream = 0
        self.ended = 0
        self.queued = 0
        self.shown = None
        self.tools = []
        self.engine = False
        self.answered = False

    def step(self, wait, event):
        self.now += wait
        before = self.call.floor
        if isinstance(event, ModelJoined | ModelLost):
            self.engine = isinstance(event, ModelJoined)
        self.answered = self.answered or isinstance(event, CallAnswered)
        commands = self.call.handle(event, self.now)
        assert self.call.floor in REACHABLE[before]
        for command in commands:
            self._see(command, before)
        if isinstance(event, TimePassed):
            deadline = self.call.next_deadline()
            assert deadline is None or deadline > self.now
        assert self.engine or not self.call.listens or self.call.floor is Floor.ENDED
        assert sum(isinstance(command, ChangeEngine) for command in commands) <= 1
        timeless = self.call.floor in (Floor.INITIAL, Floor.ENDED)
        assert (self.call.next_deadline() is None) == timeless
        return commands

    def _see(self, command, before):
        match command:
            case PausePlaying():
                assert not self.paused
                self.paused = True
            case ResumePlaying():
                assert self.paused
                self.paused = False
            case StopPlaying():
                self.stream += 1
                assert command.stream == self.stream
            case Play():
                self.queued += command.frame.samples
            case SendToModel(event=ConversationItemTruncate() as event):
                assert self.engine
                assert 0 <= event.audio_end_ms <= self.queued // 8
            case RunIntent():
                self.tools.append(command.call_id)
            case SendToModel():
                assert self.engine  # nothing is sent to one that was left
                assert self.answered
            case ChangeEngine():
                self.engine = False
            case HangUp():
                assert before is not Floor.ENDED
            case Report():
                self._told(command.line)
        if before is Floor.ENDED:
            assert isinstance(command, Report)
            assert isinstance(command.line, ToolAnswered | HandedOver | CallEnded)

    def _told(self, line):
        match line:
            case Transcript() if line.heard_ms is not None:
                assert 0 <= line.heard_ms <= line.whole_ms <= self.queued // 8
            case StateChanged():
                assert line != self.shown
                self.shown = line
                assert line.state in {line.floor, line.matter}
                Floor(line.floor)
                Matter(line.matter)
            case CallEnded():
                self.ended += 1
                assert self.ended == 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(calls())
def test_whatever_happens(steps):
    """It never raises, keeps to its tables, accounts for every sample, and does the same when it is replayed."""
    one, other = Watch(), Watch()
    for wait, event in steps:
        assert one.step(wait, event) == other.step(wait, event)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(calls())
def test_no_call_lasts_for_ever(steps):
    """Left alone after anything that may have happened, it ends by itself: with its tools answered, nobody speaking."""
    watch = Watch()
    for wait, event in steps:
        watch.step(wait, event)
    wanted = [(call_id, "repeat") for call_id in watch.tools]
    for _ in range(400):
        if wanted:  # the ticket of a danger among them, which is raised when all else is over
            commands = watch.step(0.0, tool_answers(*wanted.pop(0)))
        elif (deadline := watch.call.next_deadline()) is not None:
            commands = watch.step(max(0.0, deadline - watch.now), TimePassed())
        else:
            break
        wanted += [(command.call_id, command.name) for command in commands if isinstance(command, RunIntent)]
    assert watch.call.floor is Floor.ENDED
    assert watch.ended == 1
