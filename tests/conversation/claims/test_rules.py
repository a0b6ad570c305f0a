"""Single rules of what claims something and what backs it."""

import pytest

from npcl_voice.conversation.claims import Claim
from npcl_voice.conversation.claims.clauses import clauses_of
from tests.conversation.claims.test_ledger import ledger, unbacked


@pytest.mark.parametrize(
    ("after", "said", "wrong"),
    [
        ("registered", "I have registered a new complaint.", []),
        ("registered", "It is registered for Alpha 1.", []),
        ("registered", "It is registered for Alpha 2.", ["commitment"]),
        ("registered", "You said Alpha 2, and it is registered for Alpha 1.", []),
        ("registered", "It is registered under 54324.", []),
        ("registered", "Your complaint is registered, quote 54325 if you call again.", ["number"]),
        ("registered", "Aakhir ke teen ank yaad rakhiye, teen do chaar.", []),
        ("registered", "Aakhir ke teen ank yaad rakhiye, teen do paanch.", ["number"]),
        ("registered", "End mein three two four hai, uske pehle zero zero zero zero five.", []),
        ("registered", "I have not opened another complaint.", ["commitment"]),
        ("registered_again", "I have not opened another complaint.", []),
        ("registered_again", "A fresh complaint has been registered.", ["commitment"]),
        ("registered", "Both things are done.", ["commitment"]),
        ("registered callback", "Both things are done.", []),
        ("is_assigned", "Nobody has been given the job so far.", ["status"]),
        ("is_registered", "Nobody has been given the job so far.", []),
        ("registered", "I have marked it, it is all there.", []),
        ("", "We have called them, and sent a crew to your lane.", ["commitment"]),
        ("", "You have called them, and kept waiting.", []),
        ("", "We will look at it, and rework the joint.", ["commitment"]),
        ("", "They know all about it.", ["commitment"]),
        ("", "It now bears your landmark.", ["commitment"]),
        ("", "Aapki team has reached nahi hai abhi.", []),
        ("", "Team abhi tak nahi bheji gayi hai.", []),
        ("", "Nahi ji aapke liye hi team abhi abhi bheji gayi hai.", ["commitment"]),
        ("", "The repair, once a week, goes on.", []),
        ("", "Usually it is back within two hours.", ["time"]),
        ("", "Usually it lasts two hours.", []),
        ("registered_again", "I have registered a new complaint.", ["commitment"]),
        ("registered_again", "Your complaint is registered.", []),
        ("is_resolved", "I have registered a complaint.", ["commitment"]),
        ("is_resolved", "The complaint is registered.", []),
        ("registered need_noted", "The need of your mother's oxygen is registered.", []),
        ("registered", "The need of your mother's oxygen is registered.", ["commitment"]),
        ("callback", "Your request for a call is registered.", []),
        ("registered", "The number begins with zero zero zero zero five four.", []),
        ("registered", "The number begins with zero zero zero zero six four.", ["number"]),
        ("registered", "Five four three two four, with four zeros before it.", []),
        ("registered", "Complaint darj hai kya aur kuch chahiye", []),
        ("", "Complaint darj hai kya aur kuch chahiye", ["commitment"]),
        ("registered", "It is 543240000.", ["number"]),
        ("registered", "It is four zeros, five four three two four.", []),
        ("", "The repair will not take long before it is done.", ["time"]),
        ("outage", "The power will not be long now.", ["time"]),
        ("", "Registration will not take long.", []),
        ("is_in_progress", "A crew is coming, as the work goes on.", ["commitment"]),
        ("outage", "The crew has given half past nine.", []),
        ("no_outage", "The crew has given half past nine.", ["time"]),
        ("hazard", "It is marked as urgent.", []),
        ("registered", "It is marked as urgent.", ["commitment"]),
        ("hazard", "It is safe to go there now.", ["status"]),
        ("", "It is not safe to go there.", []),
        ("callback", "A technician will call you within thirty minutes.", ["commitment"]),
        ("callback", "We will call you within thirty minutes.", []),
        ("account", "It is a commercial connection.", ["status"]),
        ("account", "It is a domestic connection of five kilowatts.", []),
        ("bill_nothing", "Nothing is due.", []),
        ("bill", "Nothing is due.", ["amount"]),
        ("bill", "It comes to about 1,200 rupees.", []),
        ("bill", "It comes to about 1,000 rupees.", ["amount"]),
        ("bill", "You pay half of it.", ["amount"]),
        ("compensation", "It is 150 rupees a day.", []),
        ("compensation", "Your bill is 150 rupees.", ["amount"]),
        ("unavailable", "I have registered your complaint.", ["commitment"]),
    ],
)
def test_what_backs_a_claim(after, said, wrong):
    """An answer of the tool that does it, and no other."""
    assert unbacked(ledger(*after.split()), said) == wrong


@pytest.mark.parametrize(
    "said",
    [
        "",
        "?!",
        "Is your complaint registered?",
        "Shall I register a complaint?",
        "If I register it, you get a number.",
        "Once it is registered, you get a number.",
        "Nothing is registered yet.",
        "Please call 112.",
        "You said that it is registered, right?",
        "It must have been hard in the dark.",
        "One moment, please.",
        "Ek minute rukiye.",
        "Complaint darj hai kya?",
        "Sector bata dijiye to main darj kar dungi.",
        "Bijli to nahi aayi abhi tak?",
        "Aap kab bataenge?",
        "Aap apna sector chunenge.",
        "Number aapke bill par milega.",
        "Maine aapka naam likh diya hai.",
        "Naam note kar liya hai maine.",
        "I can take your complaint and tell you how it stands.",
        "Whether a crew is coming, I cannot see.",
        "Complaints are registered with a number.",
        "That it will be nine, I cannot promise.",
    ],
)
def test_what_claims_nothing(said):
    """Questions, offers, conditions, denials, requests, comfort, rules."""
    assert ledger().judge(said, 0.0) == ()


def test_a_time_that_the_caller_wants_is_not_ours():
    """To repeat it claims nothing; to say that it will be so does."""
    found = ledger()
    found.told("please do it soon, by nine")
    assert unbacked(found, "You want it soon, by nine.") == []
    assert unbacked(found, "It will be done soon.") != []
    assert unbacked(found, "It will be done by nine.") != []


def test_a_cause_that_the_caller_told():
    """May be repeated, unless a tool has named another that is said to be it."""
    found = ledger("outage_without_time")
    found.told("a cable has burnt near my house")
    assert unbacked(found, "The cable has burnt, I see.") == []
    assert unbacked(found, "A tree fell on the line, that is the cause.") == ["status"]


def test_a_number_that_has_only_begun():
    """May still become the right one; at its end it must be."""
    found = ledger("registered")
    (claim,) = found.weigh("Your complaint number is zero zero zero zero five", 1, 0.0, whole=False)
    assert claim == Claim("Your complaint number is zero zero zero zero five", "number", backed=True)
    (claim,) = found.weigh("Your complaint number is zero zero zero zero six", 1, 0.0, whole=False)
    assert not claim.backed
    (claim,) = found.weigh("Your complaint number is zero zero zero zero five", 1, 0.0)
    assert not claim.backed


@pytest.mark.parametrize(
    ("after", "begun", "wrong"),
    [
        ("registered", "Your complaint number ends in three two", []),
        ("registered", "Your complaint number ends in nine nine", ["number"]),
        ("registered", "Complaint number fifty four thousand", []),
        ("registered", "Complaint number fifty five thousand", ["number"]),
        ("registered", "Complaint number 000054320", ["number"]),
        ("bill", "The bill is one thousand two", []),
        ("bill", "The bill is two thousand", ["amount"]),
        ("bill", "Aapka bakaya baarah", []),
        ("bill", "Aapka bakaya pandrah", ["amount"]),
        ("bill", "The bill is two thousand rupees", ["amount"]),
        ("outage", "The supply will be back in about two", []),
        ("outage_without_time", "The supply will be back in about two hours", ["time"]),
        ("outage_without_time", "Light raat saadhe", []),
        ("outage_without_time", "Light raat saadhe nau baje tak", ["time"]),
    ],
)
def test_a_value_that_may_go_on(after, begun, wrong):
    """Nothing is doubted that may still become what a tool has named, or a time whose unit has not come."""
    claims = ledger(after).weigh(begun, 1, 0.0, whole=False)
    assert [claim.kind for claim in claims if not claim.backed and claim.kind != "status"] == wrong


def test_the_moods_of_clauses():
    """Each clause of a sentence has its own."""
    said = "If you like, I register it, but nothing is done yet, please wait?"
    assert [sorted(clause.moods & {"condition", "denied", "asked", "request"}) for clause in clauses_of(said)] == [
        ["condition"],
        [],
        ["denied"],
        ["asked", "request"],
    ]
    assert clauses_of("") == []
    told = clauses_of("Maine keh diya hai ki complaint darj hai")
    assert len(told) == 2


@pytest.mark.parametrize(
    ("after", "said", "wrong"),
    [
        ("", "Hum aapko jaankari dete rahenge.", ["commitment"]),
        ("", "Aap so jaiye, pankha chalne lagega.", ["commitment"]),
        ("", "Main is par nazar rakhungi.", ["commitment"]),
        ("", "Main number dohraungi.", []),
        ("", "Wo aapko app par mil jayega.", []),
        ("", "Chaar ghante ho gaye aapko andhere mein.", []),
        ("", "Do din se yahi chal raha hai.", []),
        ("", "I will be quick.", []),
        ("", "When you wake it will all be working.", ["commitment"]),
        ("registered", "There, it is accepted.", []),
        ("", "There, it is accepted.", ["commitment"]),
        ("registered", "It is passed to the team.", ["commitment"]),
        ("registered", "It is passed on.", ["commitment"]),
        ("registered", "It is taken care of at the substation.", ["commitment"]),
        ("registered", "We will be there in a flash.", ["time"]),
        ("registered", "I will let you know when it is fixed.", ["commitment"]),
        ("registered", "An engineer from our office has left.", ["commitment"]),
        ("registered", "It is in, and nobody new was told.", []),
        ("agent", "Your case is with an officer now.", []),
        ("agent", "Your case is with the supervisor of the crew now.", ["commitment"]),
        ("is_assigned", "It has been handed to a crew.", []),
        ("is_registered", "It has been handed to a crew.", ["commitment"]),
        ("is_in_progress", "Only the last joint is left.", ["status"]),
        ("outage", "About two hundred homes are affected too.", ["status"]),
        ("outage", "Nothing is logged as a fault for it.", ["status"]),
        ("no_outage", "Nothing is logged as a fault for it.", []),
        ("registered", "You won't need to call anybody about it.", []),
        ("", "You won't need to call anybody about it.", ["commitment"]),
        ("registered", "Your connection will not be cut.", ["commitment"]),
        ("compensation", "After eight hours a hundred and fifty rupees for one day.", []),
        ("compensation", "After eight hours it is one fifty rupees a day.", []),
        ("compensation", "After eight hours it is one sixty rupees a day.", ["amount"]),
    ],
)
def test_what_a_sentence_states(after, said, wrong):
    """Of what comes, of what goes on, and of whom; in whichever words."""
    assert sorted(unbacked(ledger(*after.split()), said)) == wrong


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("It is four times zero, then five four three two four.", True),
        ("Number hai chaar baar shunya, phir paanch chaar teen do chaar.", True),
        ("Number hai teen baar shunya, phir paanch chaar teen do paanch.", False),
        ("We rang you three times, about 000054324.", True),
        ("It is 000054324, do keep it.", True),
        ("Yaad rakhiye, 00005432 do.", False),
        ("The last five digits are five four three two four.", True),
        ("Your last payment was nine hundred.", True),
    ],
)
def test_how_a_number_is_said(said, right):
    """So many times a digit, with a pause in it, or beside words that only look like digits."""
    assert ("number" not in unbacked(ledger("registered"), said)) is right


def test_a_payment_that_the_caller_is_told_of():
    """An account knows of it better than the caller; what else the caller did is no claim."""
    assert unbacked(ledger("account"), "Aapne chaar November ko saat sau rupaye bhare the.") == ["amount", "time"]
    assert unbacked(ledger("account"), "Aapne saat baje phone kiya.") == []


def test_whose_lights_are_out_may_be_repeated():
    """Where the caller has told it."""
    found = ledger()
    assert unbacked(found, "Poore sector mein bijli gayi hai, samajh gayi.") != []
    found.told("poore sector mein light nahi hai")
    assert unbacked(found, "Poore sector mein bijli gayi hai, samajh gayi.") == []


def test_a_verb_that_may_go_on_is_waited_for():
    """`I have sold` may be a part of an idiom; with the word behind it, it is none."""
    assert ledger().weigh("We have sold", 1, 0.0, whole=False) == ()
    assert [claim.kind for claim in ledger().weigh("We have sold it", 1, 0.0, whole=False)] == ["commitment"]
    assert unbacked(ledger(), "We have sold.") == ["commitment"]
