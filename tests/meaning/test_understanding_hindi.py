"""Understanding Hindi and Hinglish: wishes by the rules alone, answers, places and what is told along the way."""

import pytest

from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.expectation import ANYTHING, YES_OR_NO, Expectation, Kind
from npcl_voice.meaning.places import Places
from npcl_voice.meaning.sayings import sayings
from npcl_voice.meaning.understanding import Understander, is_backchannel
from npcl_voice.meaning.wishes import INTENTS

PLACES = Places(packaged_areas())
ALONE = Understander({}, PLACES)
NINE = Expectation(Kind.NUMBER, (9,))

WISHES = """
no_supply | bhaiya hamare yahan light nahi hai
no_supply | Light nhi aa rhi h subah se
no_supply | सुबह से बिजली नहीं आ रही है
no_supply | light नहीं aa rahi हमारे sector में
no_supply | बत्ती गुल है
no_supply | बिजली गोल बा
no_supply | वोल्टेज बहुत कम है
no_supply | ghar mein maa oxygen par hai aur bijli nahi hai
no_supply | power cut ho gaya hai complaint likh lo
complaint_status | meri complaint ka kya hua
complaint_status | शिकायत की स्थिति बताइए
complaint_status | लाइनमैन अभी तक नहीं आया
out_of_scope | mere khilaf bijli chori ki report kisne ki
out_of_scope | mujh par bijli chori ka aarop laga hai
out_of_scope | बिजली चोरी की शिकायत किसने की, उसका नाम बताओ
outage_info | light kab aayegi
outage_info | Gamma 1 mein light kab tak aayegi
outage_info | क्या डेल्टा 2 में बिजली गई हुई है
outage_info | aaj shutdown hai kya
reopen | complaint band kar di bina theek kiye
reopen | शिकायत दोबारा खोलिए
reopen | मेरी शिकायत बंद कर दी गई लेकिन लाइट नहीं आई
close_complaint | light aa gayi hai complaint band kar do
close_complaint | कोड मिल गया है शिकायत बंद करनी है
vulnerable | mere pitaji ventilator par hain
vulnerable | घर में ऑक्सीजन वाला मरीज है
vulnerable | agar light gayi to papa ka ventilator band ho jayega
report_theft | padosi ne katiya daal rakha hai
report_theft | बिजली चोरी की शिकायत करनी है
bill_due | mera bill kitna aaya hai
bill_due | बकाया राशि बताइए
account_info | mera sanctioned load kitna hai
account_info | मेरा मीटर नंबर क्या है
compensation | muavza milega kya
compensation | हर्जाना कैसे मिलेगा
escalation | lokpal mein shikayat kaise karein
escalation | ऊपर किससे शिकायत करूँ
callback | mujhe shaam ko call karwa dijiye
callback | मुझे कॉल बैक चाहिए
agent | kisi insaan se baat karao
agent | किसी अधिकारी से बात कराइए
language | hindi mein baat kijiye
language | अंग्रेज़ी में बोलिए
out_of_scope | aaj mausam kaisa rahega
out_of_scope | मेरा पानी नहीं आ रहा
repeat | dobara boliye
repeat | क्या कहा आपने
repeat | dheere boliye
bye | theek hai dhanyavaad
bye | okay ji namaste
no_supply | hello madam light nahi hai
no_supply | light aa nahi rahi
bye | बस इतना ही, धन्यवाद
hazard | bahut khatra hai
""".strip().splitlines()


@pytest.mark.parametrize("line", WISHES)
def test_a_wish_is_found_by_the_rules_alone(line: str) -> None:
    """In Latin letters, in Devanagari and in both at once; and it is Hindi."""
    intent, text = line.split(" | ")
    got = ALONE.understand(text)
    assert (got.intent, got.language, got.confidence) == (intent, "hi", pytest.approx(0.9, abs=0.06))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("haan", "yes"),
        ("ji haan bilkul", "yes"),
        ("हाँ जी", "yes"),
        ("theek hai", "yes"),
        ("ठीक है", "yes"),
        ("जी", "yes"),
        ("haan kar dijiye", "yes"),
        ("sahi hai", "yes"),
        ("nahi", "no"),
        ("नहीं जी", "no"),
        ("rehne do", "no"),
        ("zaroorat nahi hai", "no"),
        ("galat hai", "wrong"),
        ("नहीं यह गलत है", "wrong"),
        ("sahi nahi hai", "wrong"),
        ("pata nahi", "unknown"),
        ("nahi pata", "unknown"),
        ("मुझे याद नहीं", "unknown"),
        ("mere paas number nahi hai", "unknown"),
        ("ek minute", "wait"),
        ("रुकिए ज़रा", "wait"),
        ("dekh kar batata hoon", "wait"),
        ("mera ghar neela hai", None),
    ],
)
def test_an_answer_to_a_yes_or_no_question(text: str, answer: str | None) -> None:
    """Yes, no, wrong, unknown, or wait."""
    assert ALONE.understand(text, YES_OR_NO).answer == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("accha", None),
        ("नहीं आ रही है लाइट", None),
        ("haan light nahi hai", "yes"),
        ("nahi, meri complaint ka kya hua", "no"),
    ],
)
def test_an_answer_where_none_was_asked_for(text: str, answer: str | None) -> None:
    """Only what begins as one; no murmur is a yes."""
    assert ALONE.understand(text, ANYTHING).answer == answer


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("अल्फा 1 में लाइट नहीं है", {"area": "Alpha 1"}),
        ("सेक्टर 16 बी ग्रेटर नोएडा वेस्ट", {"area": "Sector 16B", "side": "Greater Noida West"}),
        ("सेक्टर 62 नोएडा", {"outside": "Sector 62, Noida", "side": "Noida"}),
        ("दिल्ली में रहता हूँ", {"outside": "Delhi"}),
        ("मेरा मकान नंबर 21 है", {"house": "21"}),
        ("makan number 21 alpha 1", {"area": "Alpha 1", "house": "21"}),
        ("फ्लैट नंबर बी 204", {"house": "B-204", "number": "204"}),
        ("फ्लैट 12 ए", {"house": "12A"}),
        ("मेरा नाम धीरज है", {"name": "Dheeraj"}),
        ("mera naam Nidhi Sharma hai aur light nahi hai", {"name": "Nidhi Sharma"}),
        ("main Rahul Verma bol raha hoon", {"name": "Rahul Verma"}),
        ("naam galat hai", {}),
        ("my name is on the bill", {}),
        ("this is Rahul speaking", {"name": "Rahul"}),
        ("my name is priya singh from delta 1", {"area": "Delta 1", "name": "Priya Singh"}),
        ("code 482913 hai", {"code": "482913", "number": "482913"}),
        ("कोड 482913 है", {"code": "482913", "number": "482913"}),
        ("the otp is 482913", {"code": "482913", "number": "482913"}),
        ("482913", {"number": "482913"}),
        ("hindi mein boliye", {"language": "hi"}),
        ("mujhe english nahi aati hindi bolo", {"language": "hi"}),
        ("i do not understand hindi speak english", {"language": "en"}),
        ("not english, talk in hindi or in english", {"language": "en"}),
        ("please speak in tamil", {}),
        ("mujhe shaam ko call karna", {"window": "evening"}),
        ("कल सुबह कॉल कीजिए मुझे", {"window": "morning"}),
        ("call me back in the afternoon", {"window": "afternoon"}),
        ("call me back now", {"window": "now"}),
        ("light nahi hai aur maa oxygen par hai", {"need": "oxygen"}),
        ("वेंटिलेटर पर हैं पिताजी", {"need": "ventilator"}),
        ("chhota bachcha hai das din ka", {"need": "infant"}),
        ("my father is a heart patient", {"need": "illness"}),
        ("we have a dialysis patient", {"need": "dialysis"}),
        ("elderly parents live here", {"need": "elderly"}),
        ("mera beta bimar hai", {"need": "illness"}),
    ],
)
def test_what_is_told_fills_its_slot(text: str, slots: dict[str, str]) -> None:
    """Places, houses, names, codes, languages, times and needs, in either language."""
    assert ALONE.understand(text).slots == slots


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("हाँ", True), ("ठीक है", True), ("जी अच्छा", True), ("haan ji theek hai", True), ("नहीं", False), ("लाइट", False)],
)
def test_a_back_channel_is_a_murmur_alone(text: str, is_one: bool) -> None:
    """In Devanagari as in Latin letters."""
    assert is_backchannel(text) is is_one


def test_a_murmur_is_no_wish_whatever_the_examples_are() -> None:
    """Nothing is looked up for it."""
    assert Understander({}, PLACES, {"bye": ["theek hai ji"]}).understand("ठीक है जी").intent is None


def test_the_nearest_of_hindi_examples_helps_where_no_rule_does() -> None:
    """Examples in either script."""
    meaning = Understander({}, PLACES, {"bye": ["अब मैं सोने चला"], "unknown": ["dimaag mein nahi aa raha"]})
    assert meaning.understand("ab main sone chala").intent == "bye"
    assert meaning.understand("dimaag mein nahi aa raha bilkul", NINE).answer == "unknown"


LEARNT = Understander({}, PLACES, sayings=sayings())


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        # No rule knows them.
        ("connection kab lagwaya tha hamne", "account_info"),
        ("शिकायत को सक्रिय कीजिए फिर से", "reopen"),
        # A rule says otherwise.
        ("shikayat band dikha rahe ho, meter ki reading wahi galat hai", "reopen"),
        # Who is ill, and has no power, has no power.
        ("light nahi hai papa machine par hain mareez hain ghar mein oxygen", "no_supply"),
        # Words that lean nowhere, and words that nobody knows.
        ("neela peela hara", None),
        ("tota maina gilehri", None),
    ],
)
def test_words_lean_to_a_wish(text: str, intent: str | None) -> None:
    """By count in sentences that people say."""
    assert LEARNT.understand(text).intent == intent


def test_words_lean_to_nothing_where_something_else_was_asked() -> None:
    """Only the open question is answered by what the words lean to."""
    text = "connection kab lagwaya tha hamne"
    assert LEARNT.understand(text, YES_OR_NO).intent is None


def test_every_wish_has_its_sayings_in_both_languages() -> None:
    """And no other names than wishes, answers and what is neither."""
    others = {"yes", "no", "wrong", "unknown", "wait", "place", "name", "number", "greeting"}
    for language, known in sayings().items():
        assert set(known) <= INTENTS | others, language
        assert INTENTS - {"hazard"} <= set(known), language
        assert all(len(lines) == len(set(lines)) for lines in known.values())


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("mera complaint number char baar zero, paanch char teen do ek hai", {"complaint_number": "000054321"}),
        ("उपभोक्ता संख्या दो नौ नौ शून्य चार एक सात तीन छह पाँच है", {"consumer_number": "2990417365"}),
        ("mera number plus nine one, chhah triple nau zero chaar ek saat teen chhah", {"phone": "6999041736"}),
        (
            "complaint number zero zero zero zero paanch chaar teen nahi nahi do, do ek",
            {"complaint_number": "000054221"},
        ),
    ],
)
def test_numbers_are_told_unasked_in_both_languages(text, slots):
    """What they are shows in their shape; a correction is read by the length that such a number has."""
    told = ALONE.understand(text).slots
    assert {name: told.get(name) for name in slots} == slots


def test_the_number_that_was_asked_for_is_told_in_both_languages():
    """Whatever else is said with it."""
    assert ALONE.understand("haan, 4 saal purani: zero zero zero zero paanch, ek minute, char teen do ek", NINE).slots[
        "number"
    ] == ("000054321")
