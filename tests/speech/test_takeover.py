"""The embedded engine takes a call over from another: facts, what is not answered yet, and the sound of the gap."""

from collections import deque
from collections.abc import Iterable

import msgspec
import numpy as np
import pytest

from npcl_voice.config import Turns
from npcl_voice.conversation.context import Context, Line, Matter, Slot
from npcl_voice.conversation.facts import write_facts
from npcl_voice.conversation.marks import KEYPAD_MARK, SPOKEN_MARK
from npcl_voice.conversation.phrases import load_book
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.items import FunctionCall, FunctionCallOutput, InputText, Item, Message, OutputText
from npcl_voice.speech.local.engine import LocalEngine
from npcl_voice.speech.local.leg import Began, Ended, LegEvent, Partly
from tests.speech.joined import MANUAL, TURNS, WRITTEN, Talk, Unable, opened, run, spoken, talking

ASKED = Context(
    goal="no_supply", matter=Matter.COMPLAINT, question="consumer_number", last=(Line("ask_consumer_number"),)
)
"""The caller was asked for a consumer number."""
HISTORY: list[Item] = [
    Message("user", (InputText("my power is out"),)),
    Message("assistant", (OutputText("What is your ten digit consumer number?"),)),
    FunctionCall("complaint_status", '{"complaint_number":"000054321"}', call_id="call_9"),
    FunctionCallOutput("call_9", '{"ok":true,"complaint_number":"000054321","status":"resolved"}'),
]
"""What another model would read."""


@pytest.fixture(scope="module")
def workers() -> Unable:
    """Ears and mouth that all tests of this file share."""
    return opened()


@pytest.fixture
def engine(workers: Unable) -> Iterable[LocalEngine]:
    """No session is left of any test."""
    engine = LocalEngine(load_book("en"), packaged_areas(), Turns(), workers)
    yield engine
    assert engine.live == 0


def puts(talk: Talk, *items: Item) -> None:
    """The conversation puts these in."""
    talk.ask(e.ConversationItemCreate(item) for item in items)


def facts(context: Context) -> Message:
    """The facts block."""
    return Message("system", (InputText(write_facts(context)),))


def user(text: str) -> Message:
    """What a caller put in."""
    return Message("user", (InputText(text),))


async def answer(talk: Talk) -> str:
    """What the engine says to all that."""
    before = len(talk.said())
    talk.ask(talk.client.request_response())
    await talk.until(h.ResponseEnded)
    return talk.said()[before:]


def test_what_stands_before_the_facts_is_not_answered_again(engine: LocalEngine) -> None:
    """Neither words nor a tool's result; the open question is asked again."""

    async def work() -> None:
        async with talking(engine, WRITTEN) as talk:
            puts(talk, *HISTORY, facts(ASKED))
            assert (
                await answer(talk) == "What is your ten digit consumer number? It is on your bill. If you do not "
                "have it, say, I do not have it."
            )

    run(work)


def test_what_stands_behind_the_facts_is_answered(engine: LocalEngine) -> None:
    """Spoken numbers are read back, keyed and typed ones are not; a tool's result is told."""
    number = "2000001234"
    status = FunctionCall("complaint_status", "{}", call_id="call_1")
    result = FunctionCallOutput("call_1", '{"ok":true,"complaint_number":"000054321","status":"resolved"}')

    async def work() -> None:
        for items, called, words in (
            (
                [user(SPOKEN_MARK + "two zero zero zero zero zero one two three four")],
                None,
                f"{number}. Is that right?",
            ),
            ([user(KEYPAD_MARK + number)], "no_supply", ""),
            ([user(number)], "no_supply", ""),
            ([status, result], None, "Your complaint 000054321 is resolved."),
        ):
            async with talking(engine, WRITTEN) as talk:
                puts(talk, *HISTORY, facts(ASKED), *items)
                assert words in await answer(talk)
                calls = [one.name for one in talk.happened if isinstance(one, h.ToolCalled)]
                assert calls == ([called] if called else [])

    run(work)


def test_an_answer_that_another_engine_was_given_goes_on_to_its_tool(engine: LocalEngine) -> None:
    """It was confirmed, and the engine died before it called the tool."""
    slots = {"consumer_number": Slot("2000001234", "spoken", verified=True)}
    told = msgspec.structs.replace(ASKED, question="confirm_consumer_number", slots=slots)

    async def work() -> None:
        async with talking(engine, WRITTEN) as talk:
            puts(talk, facts(told))
            assert await answer(talk) == ""
            (called,) = [one for one in talk.happened if isinstance(one, h.ToolCalled)]
            assert (called.name, called.arguments) == ("no_supply", '{"consumer_number":"2000001234"}')

    run(work)


def turns_of(talk: Talk) -> list[str]:
    """What happened to the caller's turns, in order, without partial words."""
    kinds = (h.CallerStarted, h.CallerStopped, h.TurnCommitted, h.Heard, h.HeardNothing)
    return [type(one).__name__ for one in talk.happened if isinstance(one, kinds)]


def test_the_sound_of_the_gap_is_one_turn(engine: LocalEngine) -> None:
    """With a pause in it, in one burst, committed at once: one item, one transcript, nothing announced.

    What is said afterwards is a turn like any other.
    """

    async def work() -> None:
        async with talking(engine, TURNS) as talk:
            talk.ask(talk.client.append(spoken("There is no power in my house.", "My neighbours have light.")))
            talk.ask(talk.client.commit())
            heard = await talk.until(h.Heard)
            assert "power" in heard.text
            assert "light" in heard.text
            assert turns_of(talk) == ["TurnCommitted", "Heard"]
            assert "consumer number" in await answer(talk)
            talk.speak("I do not have it.")
            again = await talk.until(h.Heard)
            assert again.item_id != heard.item_id
            assert "have it" in again.text
            assert turns_of(talk)[2:] == ["CallerStarted", "CallerStopped", "TurnCommitted", "Heard"]
            await talk.until(h.ResponseEnded)
            assert "In which sector or village is it?" in talk.said()

    run(work)


def test_sound_that_goes_on_after_the_commit_is_a_new_turn(engine: LocalEngine) -> None:
    """The caller speaks right through it."""

    async def work() -> None:
        async with talking(engine, TURNS) as talk:
            talk.ask(talk.client.append(spoken("There is no power in my house.")[:-96_000]))
            talk.ask(talk.client.commit())
            talk.speak("My neighbours have light.")
            first = await talk.until(h.Heard)
            second = await talk.until(h.Heard)
            assert "power" in first.text
            assert "light" in second.text
            assert turns_of(talk) == [
                "TurnCommitted",
                "Heard",
                "CallerStarted",
                "CallerStopped",
                "TurnCommitted",
                "Heard",
            ]
            await talk.until(h.ResponseEnded)

    run(work)


def test_a_long_turn_of_a_client_s_own_is_heard_whole(engine: LocalEngine) -> None:
    """The ears close a turn after twelve seconds; the client does not, and misses nothing."""

    async def work() -> None:
        async with talking(engine, MANUAL) as talk:
            talk.speak(*["There is no power in my house."] * 5, "My neighbours have light.")
            talk.ask(talk.client.commit())
            heard = await talk.until(h.Heard)
            assert heard.text.count("power") >= 4
            assert "light" in heard.text
            assert turns_of(talk) == ["TurnCommitted", "Heard"]

    run(work)


# With ears that hear what they are told, so that each order of things can be had.


class Told(Unable):
    """Ears that hear, in each sound, what stands first in `hears`; a commit hears `at_commit`."""

    def __init__(self, mouth: Unable) -> None:
        self._mouths = mouth._mouths
        self.hears: deque[list[LegEvent]] = deque()
        self.at_commit: deque[str] = deque()

    async def leg(self, endpointing: object = None) -> "Told":
        return self

    async def feed(self, pcm: bytes, expectation: object, silence_ms: float) -> list[LegEvent]:
        return self.hears.popleft() if self.hears else []

    async def commit(self, expectation: object) -> list[LegEvent]:
        return [Ended(0, self.at_commit.popleft(), 0.5, 1.0)] if self.at_commit else []

    async def clear(self) -> None:
        """Nothing is held."""

    def close(self) -> None:
        """Nothing is held."""


SOUND = np.zeros(4_800, np.int16).tobytes()
"""A fifth of a second."""


@pytest.fixture
def told(workers: Unable) -> Told:
    """Such ears, with the mouth of the others."""
    return Told(workers)


@pytest.fixture
def hearing(told: Told) -> LocalEngine:
    """The engine on them."""
    return LocalEngine(load_book("en"), packaged_areas(), Turns(), told)


def sound(talk: Talk) -> None:
    """A fifth of a second of the caller."""
    talk.ask(talk.client.append(SOUND))


def test_a_commit_while_the_caller_speaks_keeps_what_was_announced(hearing: LocalEngine, told: Told) -> None:
    """As at the first key: the turn that began is the item, with all its words; it is not said to have stopped."""

    async def work() -> None:
        async with talking(hearing, TURNS) as talk:
            told.hears.extend(
                [[Began(0), Partly("zero zero")], [Partly(" zero"), Ended(300, "zero zero zero", 0.9, 0.3)]]
            )
            told.at_commit.append("")
            sound(talk)
            started = await talk.until(h.CallerStarted)
            sound(talk)
            talk.ask(talk.client.commit())
            heard = await talk.until(h.Heard)
            assert (heard.item_id, heard.text) == (started.item_id, "zero zero zero")
            assert turns_of(talk) == ["CallerStarted", "TurnCommitted", "Heard"]
            partly = [one.text for one in talk.happened if isinstance(one, h.HeardPartly)]
            assert partly == ["zero zero", "zero zero zero"]

    run(work)


def test_two_commits_in_one_burst_are_two_turns(hearing: LocalEngine, told: Told) -> None:
    """Each with the words of its own sound, also where the ears had ended a turn before."""

    async def work() -> None:
        async with talking(hearing, TURNS) as talk:
            told.hears.extend([[Began(0), Ended(90, "one", 0.9, 0.1), Began(100)], [Began(200)]])
            told.at_commit.extend(["two", "three"])
            for _ in range(2):
                sound(talk)
                talk.ask(talk.client.commit())
            texts = [(await talk.until(h.Heard)).text for _ in range(2)]
            assert texts == ["one two", "three"]
            assert turns_of(talk) == ["TurnCommitted", "TurnCommitted", "Heard", "Heard"]
            told.hears.append([Began(400), Ended(500, "four", 0.9, 0.1)])
            sound(talk)
            assert (await talk.until(h.Heard)).text == "four"
            await talk.until(h.ResponseEnded)

    run(work)


def test_sound_that_is_cleared_before_it_is_heard_is_nobody_s_turn(hearing: LocalEngine, told: Told) -> None:
    """It is not announced, its words go nowhere, and the next turn is announced as ever."""

    async def work() -> None:
        async with talking(hearing, TURNS) as talk:
            told.hears.extend(
                [[Began(0), Ended(90, "one", 0.9, 0.1), Began(100)], [Began(200), Ended(300, "two", 0.9, 0.1)]]
            )
            sound(talk)
            talk.ask(talk.client.clear())
            sound(talk)
            assert (await talk.until(h.Heard)).text == "two"
            assert turns_of(talk) == ["CallerStarted", "CallerStopped", "TurnCommitted", "Heard"]
            await talk.until(h.ResponseEnded)

    run(work)


def test_a_gap_without_words_is_a_turn_in_which_nothing_was_heard(hearing: LocalEngine) -> None:
    """Ears that report no end at all are believed as well."""

    async def work() -> None:
        async with talking(hearing, TURNS) as talk:
            puts(talk, facts(ASKED))
            sound(talk)
            talk.ask(talk.client.commit())
            await talk.until(h.HeardNothing)
            assert "Sorry, please say the ten digits" in await answer(talk)

    run(work)
