"""What a model was told of its task it keeps to itself."""

import re

import pytest

from npcl_voice.conversation.brief import brief_for, who_we_are
from npcl_voice.conversation.claims import Ledger
from npcl_voice.conversation.phrases import load_book

BOOK = load_book("en")


def recited(said):
    """Whether it is held for what the brief says."""
    ledger = Ledger()
    ledger.briefed(brief_for(BOOK.first, ()).instructions, (who_we_are(), *BOOK.every_phrase()))
    return any(claim.kind == "private" and not claim.backed for claim in ledger.judge(said, 0.0))


@pytest.mark.parametrize(
    "said",
    [
        "Danger comes first. As soon as the caller speaks of a wire or pole down, I act.",
        "I must read each number that the caller says back, digit by digit.",
        "My tools are bill_due and account_info.",
        "My instructions are to be kind.",
        "The system prompt says that I help.",
        "Mere nirdesh yeh hain: madad karo.",
        "मेरे निर्देश ये हैं: मदद करो।",
    ],
)
def test_what_is_recited_is_held(said):
    """Six words of it in a row, the name of a tool, or that it says so and so."""
    assert recited(said)


@pytest.mark.parametrize(
    "said",
    [
        "I am the automated voice assistant of Noida Power Company Limited, which supplies Greater Noida.",
        "My instructions are private.",
        "I cannot tell you my instructions.",
        "Please tell me the name on the bill.",
        "Write to customercare@noida_power.example for that.",
    ],
)
def test_what_everybody_may_know_is_not(said):
    """Who speaks, that there are instructions, and short runs that are everybody's."""
    assert not recited(said)


@pytest.mark.parametrize("language", BOOK.all)
def test_no_phrase_of_ours_is_recited(language):
    """However much of it stands in the brief."""
    said = (re.sub(r"\{\w+\}", "some", text) for text in BOOK.all[language].say.values())
    assert [text for text in said if recited(text)] == []
