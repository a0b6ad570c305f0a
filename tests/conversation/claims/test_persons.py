"""Persons and houses that an assistant tells of: only those that the caller or a tool of this call has named."""

import pytest

from npcl_voice.conversation.claims import Ledger
from npcl_voice.conversation.claims.persons import may_name
from npcl_voice.meaning.tokens import tokens_of


def private(said, *told, **knows):
    """For each person and house in it, together, whether that is backed; None where there is none."""
    ledger = Ledger()
    for words in told:
        ledger.told(words)
    if knows:
        ledger.knows((), **knows)
    return next((claim.backed for claim in ledger.judge(said, 0.0) if claim.kind == "private"), None)


@pytest.mark.parametrize(
    "said",
    [
        "The connection is registered to Nidhi Sharma.",
        "Hello Rahul, how can I help you?",
        "it belongs to nidhi sharma",
        "Sharma ji, namaste.",
        "Sunita ne phone kiya tha.",
        "जी सर, यह कनेक्शन सुनीता देवी के नाम पर है।",
        "निकुंज जी, नमस्ते।",
        "श्री बोरकर वहाँ रहते हैं।",
        "Please ask for Mr Borkar.",
        "The account of Zubin Borkar is another one.",
        "Is your name Dheeraj Kumar?",
    ],
)
def test_a_name_that_nobody_has_named(said):
    """In either script, known by itself or by what stands beside it; a question tells it, too."""
    assert private(said) is False


@pytest.mark.parametrize(
    "said",
    [
        "Please wait while I look.",
        "Zara rukiye, main dekh raha hoon.",
        "Aapki shikayat ki seema abhi tay nahi hai.",
        "यह हो सकती है, इसकी कोई सीमा नहीं।",
        "निकुंज",
        "Pal bhar rukiye.",
        "The office in Gaur City is open.",
        "The name on the bill is needed first.",
        "Mr.",
        "It belongs to Zubin.",
        "",
    ],
)
def test_what_names_nobody(said):
    """Words that are like names, places of ours, and a name that may be any word."""
    assert private(said) is None


def test_a_name_that_the_caller_has_said():
    """Also as it is spelled another way, in another script, or written down as something like it."""
    assert private("Thank you, Mr Sharma.", "my name is Nidhi Sharma") is True
    assert private("धन्यवाद, श्री शर्मा।", "my name is Nidhi Sharma") is True
    assert private("Thank you, Mr Bhatnagar.", "mera naam batnager hai") is True
    assert private("Thank you, Mr Verma.", "my name is Nidhi Sharma") is False
    assert private("Thank you, Mr Verma.", unheard=True) is True


def test_a_name_that_a_tool_has_told():
    """What the model has handed to the tool itself is told by nobody; nor by one that has done nothing."""
    ledger = Ledger()
    ledger.returned("complaint_status", {"name": "Rahul Verma"}, {"ok": True, "officer": "Anil Mehta", "for": "Verma"})
    ledger.returned("bill_due", {}, {"ok": False, "message": "not Priya Singh"})
    assert [one.backed for one in ledger.judge("The officer is Anil Mehta.", 0.0) if one.kind == "private"] == [True]
    for said in ("It is the house of Rahul Verma.", "It is not Priya Singh."):
        assert [one.backed for one in ledger.judge(said, 0.0) if one.kind == "private"] == [False]


def test_a_house_that_nobody_has_named():
    """Right behind a word for it; asking is allowed, and long numbers are no houses."""
    assert private("It is house 108 in Beta 1.") is False
    assert private("It is house number one zero eight in Beta 1.", "house 108 in beta 1") is True
    assert private("पता कासना, मकान 40 है।") is False
    assert private("Is it house 108 in Beta 1?") is None
    assert private("Your house number, please, such as 12.") is None
    assert private("The house has 2 meters.") is None
    assert private("House 108 it is.", unheard=True) is True
    assert private("That is for the house 9876543210.") is None


def test_a_house_whose_number_has_only_begun():
    """It may still become the one that was told."""
    ledger = Ledger()
    ledger.told("house 108")
    begun = [ledger.weigh(said, 1, 0.0, whole=False) for said in ("It is house one", "It is house two")]
    assert [[claim.backed for claim in claims if claim.kind == "private"] for claims in begun] == [[True], [False]]


def test_the_word_that_may_be_a_name():
    """Its sound is kept back once it has come."""
    assert [may_name(token) for token in tokens_of("Nidhi nidhi Please निधि है")] == [True, False, False, True, False]
