"""The facts block: written once, read by whichever engine goes on."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.conversation.context import Context, Line, Matter, Slot
from npcl_voice.conversation.facts import HEADER, MAX_CHARS, read_facts, write_facts
from npcl_voice.conversation.questions import QUESTIONS
from npcl_voice.meaning.language import Evidence

CONTEXT = Context(
    matter=Matter.COMPLAINT,
    goal="no_supply",
    slots={"consumer_number": Slot("2000001234", "spoken", verified=True), "so_far": Slot("200", "spoken")},
    question="house",
    failed=1,
    unclear=1,
    last=(Line("outage_known", {"area": "Delta 1"}), Line("ask_house")),
    promises=("complaint 000054324",),
)


def test_what_a_remote_model_reads():
    """One sentence of what to do with it, then everything as JSON."""
    header, body = write_facts(CONTEXT).split("\n")
    assert header == (
        "[facts] State of this call so far, as JSON. Go on from here; ask the open question, do not ask again "
        "for what is verified."
    )
    assert json.loads(body) == {
        "language": "en",
        "evidence": {"found": True, "asked": True},
        "matter": "complaint",
        "goal": "no_supply",
        "paused": None,
        "slots": {
            "consumer_number": {"value": "2000001234", "source": "spoken", "verified": True},
            "so_far": {"value": "200", "source": "spoken", "verified": False},
        },
        "question": "house",
        "failed": 1,
        "unclear": 1,
        "stumbles": 0,
        "last": [
            {"phrase": "outage_known", "values": {"area": "Delta 1"}},
            {"phrase": "ask_house", "values": {}},
        ],
        "promises": ["complaint 000054324"],
    }


def test_the_embedded_engine_reads_the_same():
    """Nothing is lost on the way."""
    assert read_facts(write_facts(CONTEXT)) == CONTEXT
    assert read_facts(write_facts(Context())) == Context()


TEXTS = st.text(max_size=12)
CONTEXTS = st.builds(
    Context,
    language=st.sampled_from(["en", "hi"]),
    evidence=st.builds(Evidence, st.booleans(), st.booleans(), st.integers(0, 2)),
    matter=st.sampled_from(Matter),
    goal=st.none() | st.sampled_from(["no_supply", "complaint_status", "hazard", "agent"]),
    slots=st.dictionaries(
        TEXTS, st.builds(Slot, TEXTS, st.sampled_from(["spoken", "keyed", "typed", "line", "tool"]), st.booleans())
    ),
    question=st.none() | st.sampled_from(sorted(name for name in QUESTIONS if not QUESTIONS[name].reads)),
    failed=st.integers(0, 9),
    unclear=st.integers(0, 9),
    last=st.lists(st.builds(Line, TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=2)), max_size=3).map(tuple),
    promises=st.lists(TEXTS, max_size=3).map(tuple),
)


@given(CONTEXTS)
def test_every_context_survives_the_way(context):
    """Whatever a call knows can be handed over."""
    assert read_facts(write_facts(context)) == context


def test_a_read_back_with_what_it_reads_back():
    """Its slots are there, and others may be."""
    slots = {"area": Slot("Delta 1", "spoken"), "house": Slot("12", "keyed"), "so_far": Slot("2", "spoken")}
    context = Context(question="confirm_place", slots=slots)
    assert read_facts(write_facts(context)) == context


def _block(**changed):
    raw = {**json.loads(msgspec.json.encode(CONTEXT)), **changed}
    return HEADER + json.dumps(raw)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no facts",
        HEADER[:-1],
        HEADER,
        HEADER + "{",
        HEADER + "[]",
        HEADER + '{"slots": ' + "[" * 8000,
        " " + write_facts(CONTEXT),
        _block(question="the_weather"),
        _block(matter="war"),
        _block(failed="many"),
        _block(surprise=1),
        _block(question="confirm_complaint_number"),
        _block(question="confirm_place", slots={"area": {"value": "Delta 1", "source": "spoken"}}),
    ],
)
def test_a_damaged_block_is_no_block(text):
    """Another text, half a block, or one that speaks of a question that there is not, or of nothing to read back."""
    assert read_facts(text) is None


def test_how_long_a_block_may_be():
    """One that is longer than any of ours comes from a stranger."""
    room = MAX_CHARS - len(write_facts(Context(promises=("",))))
    longest = write_facts(Context(promises=("x" * room,)))
    assert len(longest) == 16_000
    assert read_facts(longest) == Context(promises=("x" * room,))
    assert read_facts(write_facts(Context(promises=("x" * (room + 1),)))) is None
