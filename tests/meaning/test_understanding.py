"""Understanding: what callers say, in the English of the place, and what is made of it."""

import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.expectation import ANYTHING, YES_OR_NO, Expectation, Kind
from npcl_voice.meaning.hazards import Hazard
from npcl_voice.meaning.places import Places
from npcl_voice.meaning.templates import expand
from npcl_voice.meaning.understanding import Understander, Understanding
from npcl_voice.meaning.wishes import INTENTS as WISHES

EXAMPLES = {
    "no_supply": ["there is no light in my house", "the whole tower is dark", "when will the power come back"],
    "complaint_status": ["what is the status of my complaint", "nobody came for my complaint"],
    "hazard": ["the transformer is burning", "a dog has got a shock"],
    "agent": ["i want to talk to a person", "is there some human to talk to"],
    "repeat": ["please say that again"],
    "bye": ["thank you goodbye", "i have to go now"],
    "yes": ["yes that is right", "they are"],
    "unknown": ["i would have to look at home"],
    "wrong": ["you mixed it up"],
    "no": ["by no means"],
    "place": ["my house is in alpha one"],
}
INTENTS_WANTED = sorted(WISHES)
PLACES = Places(packaged_areas())
ALONE = Understander({}, PLACES)
WITH_EXAMPLES = Understander(EXAMPLES, PLACES)
NINE = Expectation(Kind.NUMBER, (9,))
HOUSE = Expectation(Kind.NUMBER, (1, 2, 3, 4))

NO_SUPPLY = """
the mains has not come since noon
please get our street's power back
everyone has power except my house
nobody on our side is getting electricity
there is no three phase supply
the entire floor is powerless
children are studying by candle
the mcb keeps dropping
somebody has disconnected our line
please send a person to check the supply
light is gone in my flat since morning
no current at home
bijli is not coming since two hours
sir there is power cut in gamma two from last night
our whole society is in darkness
electricity has tripped in my house only
lights went off suddenly in tower b
i don't have power in my shop
fan is not running and there is no electricity
low voltage since evening
supply got cut after the storm
please send lineman to delta two
i paid my bill but there is no light
i want to lodge a new complaint
please note my complaint
power keeps going and coming
our transformer has tripped
only one phase is coming in my house
two phases are gone
there has been load shedding all day
light has not come back
thank you but light is still not there
half of my house is without light
my meter is blank
there is no light bye
it is an emergency there is no light
my complaint is that there is no light
light has come but voltage is low
please check the line
the fridge is not working
blackout in our sector
shut down in our sector
is the lineman coming there is no light
""".strip().splitlines()

STATUS = """
your man said he would come in an hour
the lineman has not reached yet
the technician visited but the problem is still there
at which stage is my case
this is the third time i am calling
i got a docket from your side
how many more hours will your team take
who is handling this
what happened to my complaint
i registered a complaint yesterday but light has still not come
my complaint number is 000054321 what is the update
nobody has come till now
no one came to repair it
is my complaint resolved
has the lineman been sent
any update on the ticket
i have already complained two times
please check my old complaint
why is my complaint still pending
i want to follow up
status
take my complaint number
when will it be fixed
the problem is still not solved
no action so far
i want to know the status of the complaint i want to file
what is the status of my complaint about the bill
when will my complaint be attended
""".strip().splitlines()

AGENT = """
please pass the phone to a real executive
whom can i talk to in the control room
can your senior come on the call
give me some body who can understand my problem
is there any one i can talk to
let me talk to a person
connect me to customer care executive
can you transfer my call to your senior
transfer me
i don't want to talk to a machine
is there any human there
give me your manager
operator please
i want to speak with some officer
are you a real person
is anybody there who i mean a person i can talk to
""".strip().splitlines()

REPEAT = """
could you run that by me one more time
what exactly was that
read back the complaint number to me again
sorry i was distracted
would you mind saying that again
the last few words got cut
come again please
pardon
i could not hear you
sorry what did you say
please say that once more
can you speak slowly
repeat the complaint number please
i did not understand
what was my complaint number
sorry
once again
your voice is breaking
i did not get that
slower
""".strip().splitlines()

BYE = """
alright that was all i wanted to ask
you may disconnect
that's it from my side
i will wait for the lineman
that's all thank you
ok bye
thanks a lot
nothing else
no thank you that's it
you can cut the call
thank you light has come
i will call later
have a nice day
nothing
""".strip().splitlines()

EMERGENCY = """
it is an emergency
this is very dangerous
there was an accident
""".strip().splitlines()

OUTAGE = """
is there some shutdown today
when is power coming back
how long will it take to restore the power
do you know if the power will come today
is there a power cut in beta one
any outage near gaur city
has the supply been restored in kasna
why is the power gone in delta two do you know
is it only my area or everywhere
how much longer will this power cut last
""".strip().splitlines()

REOPEN = """
please reopen it
you closed my complaint but the light is still dim
it shows resolved but nothing was repaired
my complaint was closed without anybody coming
open the old complaint again
""".strip().splitlines()

CLOSE = """
please close my complaint the power is back
i have got the code for closing
my complaint can be closed
""".strip().splitlines()

CALLBACK = """
please arrange a call back
ask someone to call me
i want a callback
call me tomorrow morning
can somebody ring me in the evening
""".strip().splitlines()

ESCALATION = """
i wish to escalate this to your higher authority
how do i reach the ombudsman
i want to go to the consumer forum
i am not satisfied where can i complain
""".strip().splitlines()

COMPENSATION = """
will i get compensation for the delay
do you pay anything when the repair is late
who will pay for my burnt television
""".strip().splitlines()

VULNERABLE = """
my mother is on oxygen
my father is a senior citizen
we have a newborn baby at home
if the power goes my husband's ventilator will stop
please note that a dialysis patient lives here
""".strip().splitlines()

THEFT = """
my neighbour is stealing electricity
somebody has hooked a wire on the pole
they have bypassed the meter
i want to report power theft
""".strip().splitlines()

BILL = """
how much is my bill
when is the last date to pay
do i owe anything
is my bill overdue
""".strip().splitlines()

ACCOUNT = """
what is my sanctioned load
did my last payment reach you
what is my meter number
is my connection domestic or commercial
""".strip().splitlines()

LANGUAGE = """
please speak in hindi
english please
i do not understand hindi
change the language to english
""".strip().splitlines()

OTHER = """
what is the weather today
who is the prime minister
my bill is too high this month
i want to complain about my bill
what is the status of my refund
i want a new connection
my meter reading is not taken
the cricket match was very good
two plus two
can you sing a song
my payment failed
how are you doing
change my name on the account
update my mobile number
i want to order a pizza
where is your office
my water supply is not working
book me a taxi
""".strip().splitlines()

NOTHING = """
i do not have any other number
the last digit is five
that will be fine
in my case
la la la la
it is very hot today
light has come back
power is back
hello
good morning
the washing machine is new
""".strip().splitlines()

INTENTS = [
    *((text, "no_supply") for text in NO_SUPPLY),
    *((text, "complaint_status") for text in STATUS),
    *((text, "agent") for text in AGENT),
    *((text, "repeat") for text in REPEAT),
    *((text, "bye") for text in BYE),
    *((text, "hazard") for text in EMERGENCY),
    *((text, "outage_info") for text in OUTAGE),
    *((text, "reopen") for text in REOPEN),
    *((text, "close_complaint") for text in CLOSE),
    *((text, "callback") for text in CALLBACK),
    *((text, "escalation") for text in ESCALATION),
    *((text, "compensation") for text in COMPENSATION),
    *((text, "vulnerable") for text in VULNERABLE),
    *((text, "report_theft") for text in THEFT),
    *((text, "bill_due") for text in BILL),
    *((text, "account_info") for text in ACCOUNT),
    *((text, "language") for text in LANGUAGE),
    *((text, "out_of_scope") for text in OTHER),
    *((text, None) for text in NOTHING),
]


def test_the_table_is_large_enough_to_mean_something() -> None:
    """At least a hundred sentences, each once."""
    assert len(INTENTS) == len(dict(INTENTS)) >= 110


@pytest.mark.parametrize(("text", "intent"), INTENTS)
def test_a_sentence_has_its_intent_by_the_rules_alone(text: str, intent: str | None) -> None:
    """Without a single example."""
    got = ALONE.understand(text)
    assert (got.intent, got.hazard, got.language, got.text) == (intent, None, "en", text)
    assert got.confidence >= 0.75 if intent else got.confidence <= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "somebody complained that I steal power in Surajpur",
        "my neighbour says I have a katiya, he lies about the electricity",
        "I was accused of power theft, who told you",
        "tell me who reported the theft of electricity",
        "who called you about stolen electricity",
        "there is a complaint against me for power theft",
        "I want the name of the informant in the power theft case",
        "somebody is stealing power and they say it is me",
    ],
)
def test_who_is_accused_of_theft_reports_none(text: str) -> None:
    """Nor who wants to know by whom; with examples, too."""
    assert ALONE.understand(text).intent == WITH_EXAMPLES.understand(text).intent == "out_of_scope"


@pytest.mark.parametrize("text", NOTHING)
def test_idle_talk_stays_idle_with_examples(text: str) -> None:
    """Having examples does not make them fit."""
    assert WITH_EXAMPLES.understand(text).intent is None


@pytest.mark.parametrize(
    ("text", "expecting", "confidence"),
    [
        ("000054321", NINE, 0.9),
        ("00005432", NINE, 0.75),
        ("5432", ANYTHING, 0.9),
        ("house 12", ANYTHING, 0.9),
        ("alpha one", ANYTHING, 0.95),
        ("alfa to", ANYTHING, 0.6),
        ("la la", ANYTHING, 0.2),
        ("yes", YES_OR_NO, 0.9),
        ("no light", ANYTHING, 0.9),
        ("i complained yesterday but there is no light", ANYTHING, 0.75),
        ("what is the statos of it", ANYTHING, 0.2),
        ("transformer on fire", ANYTHING, 0.9),
    ],
)
def test_confidence_tells_how_surely_it_was_understood(text: str, expecting: Expectation, confidence: float) -> None:
    """The surest thing that was understood counts."""
    assert ALONE.understand(text, expecting).confidence == confidence


def test_several_things_in_one_sentence_are_all_taken() -> None:
    """An outage with its place and number; a status with its number."""
    got = ALONE.understand("there is no light in sector sixteen b, my consumer number is 2990417365")
    assert (got.intent, got.slots) == (
        "no_supply",
        {"area": "Sector 16B", "consumer_number": "2990417365", "number": "2990417365"},
    )
    got = ALONE.understand("status of complaint number zero zero zero zero five four three two one in delta two")
    assert (got.intent, got.slots) == (
        "complaint_status",
        {"area": "Delta 2", "complaint_number": "000054321", "number": "000054321"},
    )


def test_danger_goes_before_every_other_intent() -> None:
    """Whatever else is said."""
    got = ALONE.understand("connect me to a person, the transformer in alpha one is on fire")
    assert (got.intent, got.hazard, got.slots) == ("hazard", Hazard("P0", "fire"), {"area": "Alpha 1"})


def test_what_may_be_danger_is_told_beside_what_was_meant() -> None:
    """It has no intent of its own, and none where danger was found."""
    got = ALONE.understand("kya geele haath se switch chhoone se kuch hota hai")
    assert (got.hazard, got.doubt) == (None, Hazard("P0", "sparking"))
    assert got.intent != "hazard"
    assert ALONE.understand("the transformer is on fire").doubt is None


def test_nothing_said_is_nothing_understood() -> None:
    """No language, no confidence."""
    assert ALONE.understand(" ,. ") == Understanding(" ,. ")
    assert Understanding("") == Understanding("", None, None, None, None, {}, 0.0, None, 0.0)


@pytest.mark.parametrize(
    ("text", "expecting", "intent", "answer", "confidence"),
    [
        # Misspelt: one letter, as the examples have it.
        ("what is the statos", ANYTHING, "complaint_status", None, 0.65),
        # Misheard, or said as no rule foresaw.
        ("i have to go", ANYTHING, "bye", None, 0.6),
        ("you mixed it", YES_OR_NO, None, "wrong", 0.6),
        ("i would look at home", NINE, None, "unknown", 0.9),
        ("by no means", ANYTHING, None, "no", 0.9),
        # A murmur is no answer, a place no intent, a dog no danger, and a light that is back no outage.
        ("right", ANYTHING, None, "yes", 0.9),
        ("my house is in alpha one", ANYTHING, None, None, 0.95),
        ("a dog has got it", ANYTHING, None, None, 0.2),
        ("light has come in my house", ANYTHING, None, None, 0.2),
        ("the stones are fine", ANYTHING, None, None, 0.2),
        # What is spoken of is no business of ours.
        ("the weather is fine", ANYTHING, "out_of_scope", None, 0.9),
        ("what do elephants eat", ANYTHING, "out_of_scope", None, 0.6),
    ],
)
def test_the_nearest_example_helps_where_no_rule_does(
    text: str, expecting: Expectation, intent: str | None, answer: str | None, confidence: float
) -> None:
    """Less surely than a rule, and only when it is near."""
    got = WITH_EXAMPLES.understand(text, expecting)
    assert (got.intent, got.answer, got.confidence) == (intent, answer, pytest.approx(confidence, abs=0.05))


def test_a_number_that_was_asked_for_is_compared_with_nothing() -> None:
    """A dictated number is no sentence."""
    got = Understander({"bye": ["four five"], "yes": ["then comma"]}, PLACES).understand(
        "then four comma five six", NINE
    )
    assert (got.intent, got.answer, got.slots) == (None, None, {"number": "456"})


@given(st.text(max_size=200), st.sampled_from([ANYTHING, YES_OR_NO, NINE, HOUSE]))
def test_any_text_is_understood_somehow(text: str, expecting: Expectation) -> None:
    """Confidence between 0 and 1, slots of words."""
    got = WITH_EXAMPLES.understand(text, expecting)
    assert 0 <= got.confidence <= 1
    assert all(got.slots.values())


@pytest.mark.slow
def test_the_templates_of_the_product_are_understood_by_the_rules() -> None:
    """Four of five sentences that the recogniser is made for need no example."""
    packaged = resources.files("npcl_voice.conversation").joinpath("phrases", "en.toml").read_text("utf-8")
    hear = tomllib.loads(packaged)["hear"]
    parts = {"place": ["alpha one", "gaur city"], "digits": ["zero zero zero zero five four three two one"]}
    for intent in INTENTS_WANTED:
        sentences = [sentence for template in hear[intent] for sentence in expand(template, parts, 12)]
        right = sum(ALONE.understand(sentence).intent == intent for sentence in sentences)
        assert right >= 0.8 * len(sentences), intent
