"""Danger that is none: denied, a figure of speech, over, a mere thought; and who denies it in so many words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.meaning.hazards import Hazard, denies_danger, find_hazard

NONE = """
Shock Absorber shop connection
this bill gave me the shock of my life
bill ne current maar diya
I am burning with anger
we are dying in this heat
line kat gayi thi
the line got cut
please note down my number, and the wire work is pending
please bring down my bill
lights are burning dim
my TV burnt due to high voltage
fridge compressor burnt because of fluctuation
fuse blew in my house
the fuse has blown at the transformer
people are stuck in the lift because there is no power
my son is stuck in lift no current
nothing has fallen
the pole is fine
wires are not hanging
there are no sparks
there is no burning smell
no one got any shock
no explosion, just silence
it's not that the wire broke
I said hire not fire
last year our transformer caught fire and it was replaced
the fallen pole was replaced thank you
thanks for fixing the broken wire
do you have fire insurance for consumers
electrical safety fire certificate
hot water
jaldi bhejo lineman
your service is shocking
I was shocked by the bill
I am shocked
I did not hear any blast
did not see any fire or smoke anywhere
no burning smell, no smoke, only dark
the transformer is not smoking
it doesn't smell of burning
nothing fell down
I can see the pole, it is standing straight
the wire is not touching anything
no current in the pole, I checked
did I say fire
not wire down, I said write down
I said smoke free area not smoke
the fallen pole has been put back, thank you
the burnt transformer was changed last night
the wire that was hanging has been tied
the hanging wire was removed yesterday
fire was put out two days ago, I want the report
this heat is burning us
we are roasting in this heat
my eyes are burning from reading this bill
it came as a shock to all of us
the amount shocked my wife
price rise is a shock for common people
hot summer and no AC
I got fired yesterday so I can't pay
I am fired up about solar
no spark in your service
I am dead tired of calling
you people are killing me with these bills
a bomb of a bill
I will blast you on twitter
my wife blasted me for late payment
smoke signals won't help
near the big pole on the main road
opposite the transformer
wireless mouse
only one bulb is burning in the house
the line is very long at your office
the line is breaking, I can't hear you
the line went dead
hang on, let me get the bill
hanging on the phone since an hour
my application is hanging since a month
my father fell down the stairs because there was no light
your branch near the pole
electric shop
electric shop wale ne bola
neighbour has hooked a wire from the pole
someone is stealing from the transformer
what should one do in case of electric shock
our society fire alarm panel needs a separate connection
my husband smokes a lot
the burn unit in our hospital has no supply
I was in shock after the call
electronics shop
spark plug shop
I need a shutdown for painting near wires
a dog is lying dead on the road call municipality
lineman ne jhagda kiya
please don't cut my wire I will pay
reconnect my line
line jod do
I want fire in my belly
set the world on fire
wire brush
barbed wire fence
hot topic
the date falls on Sunday
the due date falls on a holiday
lineman ko bhejo light theek karne
wire is old please change
wire less phone
dead on arrival product
line is dead
pole is straight
""".strip().splitlines()


@pytest.mark.parametrize("text", NONE)
def test_what_only_sounds_like_danger_is_none(text: str) -> None:
    """Denials, figures of speech, names, and other business."""
    assert find_hazard(text) is None


@pytest.mark.parametrize(
    ("harmless", "danger"),
    [
        ("the light is burning", "the light has a burning smell"),
        ("my fridge burnt", "my fridge has a burnt smell"),
        ("batti jal rahi hai", "batti nahi hai, taar jal raha hai"),
        ("fridge jal gaya", "fridge jal raha hai"),
        ("fuse ud gaya hai", "transformer ud gaya hai"),
        ("voltage gir gaya, taar dekho", "taar gir gaya, voltage dekho"),
        ("Spark Mall ke paas", "spark mall mein ho raha hai"),
        ("bill dekh ke jhatka laga", "bill lene gaya, gate se jhatka laga"),
        ("current is gone, the water is not there", "current is in the water"),
        ("meter par sticker chipka hai", "ladka khambhe se chipka hai"),
    ],
)
def test_words_in_a_row_may_mean_something_else(harmless: str, danger: str) -> None:
    """A lamp that burns gives light; what smells burnt has burnt."""
    assert find_hazard(harmless) is None
    assert find_hazard(danger) is not None


@pytest.mark.parametrize(
    ("over", "again"),
    [
        ("last year a wire fell here", "last year a wire fell here, now again a wire has fallen"),
        ("last month there was a fire", "since last month there is a fire"),
        ("the wire had fallen but it was repaired", "the wire had fallen, it was repaired but it has fallen again"),
        ("two days ago there was a fire in the meter", "two days ago a wire fell"),
        ("last week a pole fell", "last week a pole fell and nobody has come"),
        ("last week the wire fell", "I complained last week that the wire fell"),
        ("they fixed the broken wire", "they fixed the bill and a broken wire is there"),
        ("taar toota tha, theek ho gaya", "taar toota tha, theek ho gaya, phir toot gaya"),
        ("pichhle saal taar toota tha", "pichhle saal se taar toota hai"),
        ("aag lagi thi bujh gayi", "aag lagi thi par light theek ho gayi"),
        ("taar toota tha, theek ho gaya", "taar toota hai, theek ho gaya kya"),
        ("taar gira tha theek ho gaya", "taar gira tha nahi theek ho gaya"),
        ("naya transformer lag gaya, purana jal gaya tha", "naya transformer laga hai aur wo jal gaya"),
        ("the wire that broke has already been replaced", "the wire that broke has not been replaced"),
        ("there was a fire here, it was repair now", "there was a fire here, please repair"),
        ("meter mein spark hota tha, theek kar diya, shukriya", "meter mein spark hota hai, shukriya"),
        ("जो तार लटक रहा था वो आज सुबह ठीक हो गया", "जो तार लटक रहा था वो आज भी ठीक नहीं हुआ"),
        ("your lineman tied the hanging cable, thanks", "your lineman tied nothing and the cable is hanging, thanks"),
        ("in 2019 there was a fire", "2019 meter numbers burn in the fire"),
    ],
)
def test_what_is_over_is_no_danger_until_it_is_there_again(over: str, again: str) -> None:
    """Long ago or mended, told as past, and not waited for."""
    assert find_hazard(over) is None
    assert find_hazard(again) is not None


@pytest.mark.parametrize(
    ("thought", "real"),
    [
        ("if there is a fire whom should I call", "there is a fire whom should I call"),
        ("what if a wire falls", "what if nobody comes, a wire fell"),
        ("if the wire falls on somebody", "if you can, come, the wire falls"),
        ("agar taar gir jaye to kya karein", "agar aap aayen, taar gira hai"),
        ("current lag jaye to kya karein", "current lag gaya to kya karein"),
        ("agar kabhi aag lage", "agar, suniye, aag lage to kya, lagi hai"),
    ],
)
def test_a_mere_thought_is_no_danger(thought: str, real: str) -> None:
    """What may come is not there."""
    assert find_hazard(thought) is None
    assert find_hazard(real) is not None


@pytest.mark.parametrize(
    ("denied", "said"),
    [
        ("aag ya dhuan nahi hai", "aag ya dhuan hai"),
        ("na aag hai na dhuan", "na light hai na paani, aag hai"),
        ("na koi taar toota na khamba gira", "taar toota na, khamba gira"),
        ("aag waag kuch nahi hai", "aag waah kuch nahi hai"),
        ("aag nahi lagi", "aag nahi bujhi"),
        ("taar nahi gira", "nahi taar gira"),
        ("taar gira nahi hai", "taar gira nahi uthaya"),
        ("there isnt any fire", "it isnt out, the fire"),
        ("smoke is not there", "smoke is not stopping"),
        ("bina aag ke", "bina light ke, aag hai"),
        ("fire? no, only the light is gone", "fire? yes, fire"),
        ("आग? नहीं, बस लाइट गई है", "आग? हाँ"),
        ("nahi chipak gaya", "nahi nahi chipak gaya"),
    ],
)
def test_each_language_denies_in_its_own_way(denied: str, said: str) -> None:
    """Before the thing, behind it, at the end of a list, in pairs; what goes on is not denied."""
    assert find_hazard(denied) is None
    assert find_hazard(said) is not None


@pytest.mark.parametrize("text", ["the transformer exploded", "transformer phat gaya", "ट्रांसफार्मर जल गया"])
@pytest.mark.parametrize("denial", ["there is no fire", "aag nahi hai", "धुआँ नहीं है", "no smoke no fire"])
def test_what_burst_is_grave_until_fire_or_smoke_is_denied(text: str, denial: str) -> None:
    """Then it is still broken open, so keep off it."""
    assert find_hazard(text) == Hazard("P0", "fire")
    assert find_hazard(f"{text}, {denial}") == Hazard("P1", "sparking")


@pytest.mark.parametrize(
    "text",
    [
        "no there is no fire", "nahi nahi, aag nahi hai, galti se bola", "it is not dangerous", "false alarm",
        "koi khatra nahi hai", "there is no danger", "nothing is burning", "no wires are down", "taar nahi gira hai",
        "आग नहीं लगी है", "कोई खतरा नहीं है", "it was by mistake", "I did not say fire", "nobody got a shock",
        "aisa kuch nahi hai", "na aag hai na dhuan",
    ],
)  # fmt: skip
def test_a_caller_may_deny_the_danger(text: str) -> None:
    """Then its words need not be said to the end."""
    assert denies_danger(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "no", "nahi", "yes", "Alpha 1", "there is a fire", "no fire but a wire has fallen", "light nahi hai",
        "current nahi hai", "no power", "aag nahi hai par taar gira hai", "please come fast", "bulb nahi jal raha",
        "in Beta 1 near the school", "galti se bola par aag lagi hai", "pichhle saal aag lagi thi",
    ],
)  # fmt: skip
def test_nothing_else_denies_it(text: str) -> None:
    """A bare no, a place, an outage, another danger."""
    assert not denies_danger(text)


@given(st.text(max_size=300))
def test_any_text_denies_or_does_not(text: str) -> None:
    """And never both speaks of danger and denies it."""
    assert not (denies_danger(text) and find_hazard(text) is not None)
