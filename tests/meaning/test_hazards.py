"""Danger: a curated table of what is one and what is none, and what holds for any sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.meaning.hazards import Hazard, find_hazard

P0_SHOCK = """
my son got an electric shock
a man was electrocuted near the park
somebody got electrocuted
electrocution
i got a shock from the tap
she got a shock
he received a shock when he touched the switch
we are getting shock from the water
the tap gave me a shock
child shock please help
my brother is stuck to the wire
a boy is stuck to the pole
somebody is trapped on a live wire
a child touched the wire
a man touched the live cable
my father is unconscious
a woman has fainted after touching the motor
he is not breathing
a worker was killed
he passed out
current is flowing in the water
there is current in the water on the street
my daughter got shocked by the fridge
got shocked touching the gate
we get current when we touch the tap
i got a current from the pole
electrical shock
one boy is electrocutd
""".strip().splitlines()

P0_FIRE = """
the transformer is on fire
fire in the meter box
there is a fire
fire
transformer caught fire
transformer has caught fire please come
flames are coming out of the panel
smoke is coming from the meter
there is smoke in the lift room
the meter is smoking
my wire is burning
burning smell from the switch board
i can smell burnt wires
smell of something burnt
transformer exploded
there was an explosion
big blast in the transformer
transformer blasted
transformer blew up with a loud noise
transformer has blown
transformer burst
bang from the pole
the transformer is burnt
trans former on fire
transformr exploded
cable is burning near the school
call the fire brigade
no fire brigade has come
the fire alarm is ringing
no there is a fire
no it is on fire
no, fire in the pole
the fire is not under control
light is gone and there is fire
there is no light because the pole is on fire
house is up in flames
i heard a blast
not only sparking but fire also
or smoke
smoke or sparks
fire not burning out
""".strip().splitlines()

P0_WIRE = """
a wire has fallen on the road
wire down
live wire is hanging near the school
the cable snapped
electric wire broken
wire has broken and is lying on the street
high tension wire came down
wire in the water
the line has fallen
power line is lying on the ground
the line broke and fell on a car
tree has fallen on the wires
wires are hanging very low
conductor snapped
wire fallen
there is a wire on the road
no light wire has fallen
there is no power line is broken
no the wire has fallen
""".strip().splitlines()

P0_POLE = """
the pole has fallen
electric pole fell on a car
pole is down
pole is broken
a truck knocked it and the pole collapsed
the transformer has fallen down
the pole is lying on the road
""".strip().splitlines()

P1_SHOCK = """
the iron gate gives us current
the pole gives shock
shock is coming from the fridge
current is coming in the pole
there is current in the iron gate
current is leaking in the wall
shock in the switch
the wall has current
shocked by the pole
""".strip().splitlines()

P1_SPARKING = """
the cable is melting
water has come up to the transformer
sparks are coming from the pole
sparking in the meter
the wire is sparking
there is a spark near the transformer
short circuit in the pole
shot circuit in my house
the junction box is open
feeder pillar open children are playing
the meter is burnt
my cable is burnt
no fire but sparking
there is no smoke only sparks
the transformer exploded but there is no fire
transformer burst no fire no smoke
transformer has blown there is no fire or smoke
""".strip().splitlines()

P1_WIRE = """
there is a loose wire near the gate
naked wire outside
open wires near the park
somebody cut the wire
the wire is touching the tree
""".strip().splitlines()

P1_POLE = """
a branch is on the wire
a truck rammed into the electric pole
the pole is leaning
the pole is bent
pole is about to fall
a car hit the pole
pole is damaged
a tree is on the pole
no longer a wall only a damaged pole
""".strip().splitlines()

NONE = """
please give us current update of my complaint
we have no water because the transformer is off
water is not coming since the transformer failed
there is no fire
fire no
fire is not
no fire or smoke
no fire no smoke
there is no sign of fire
without any sparking
it is not on fire
nobody got a shock
no one got a shock
i do not see any smoke
cannot see any fire
wire is not broken
no wire has fallen
the pole is not leaning
smoke is not coming
fire is not there
the fire is not visible
there isn't any fire
it isn’t burning
no wires down
not sparking anymore
never had a shock
i got a shocking bill
shocking
this bill is a shock
i got a shock when i saw my bill
i was shocked to see the amount
we were shocked at the rate
the bill gave me a shock
my bill exploded this month
current bill is too high
my current bill is pending
current reading
fire the manager
you should fire that officer
please fire your staff
i will fire him
fire extinguisher is expired
i need fire noc
near the fire station
the fire alarm does not work
sparkling water
the sparkling lights are gone
spark plug
diwali fire crackers
we are burning in this heat
balloon burst
the water pipe burst
light is gone in my flat
no current at home
current is not coming
no current in the pole
current is gone and the water is not coming in the tap
power cut since morning
there is a power cut because of the cable fault
the line is down
main line tripped
our transformer tripped
the transformer has failed
street lights are not working
low voltage
the call dropped
please hold the line
wireless internet
my name is rahul
my complaint number is 000054321
good morning
no power line is down
in case of fire what should i do
the movie was on fire
the fire video
park near my house
parking lot is dark
explored
""".strip().splitlines()

TABLE = [
    *((text, Hazard("P0", "shock")) for text in P0_SHOCK),
    *((text, Hazard("P0", "fire")) for text in P0_FIRE),
    *((text, Hazard("P0", "wire_down")) for text in P0_WIRE),
    *((text, Hazard("P0", "pole_damaged")) for text in P0_POLE),
    *((text, Hazard("P1", "shock")) for text in P1_SHOCK),
    *((text, Hazard("P1", "sparking")) for text in P1_SPARKING),
    *((text, Hazard("P1", "wire_down")) for text in P1_WIRE),
    *((text, Hazard("P1", "pole_damaged")) for text in P1_POLE),
    *((text, None) for text in NONE),
]
DANGERS = [text for text, hazard in TABLE if hazard is not None]


def test_the_table_is_large_enough_to_mean_something() -> None:
    """At least 120 phrases, each once, with danger and without."""
    assert len(TABLE) == len({text for text, _ in TABLE}) >= 180
    assert len(NONE) >= 60


@pytest.mark.parametrize(("text", "hazard"), TABLE)
def test_danger_is_found_and_nothing_else(text: str, hazard: Hazard | None) -> None:
    """Level and kind, exactly: the rules alone, which are all that hears words in part."""
    assert find_hazard(text, whole=False) == hazard


@pytest.mark.parametrize("text", DANGERS)
def test_danger_is_found_amid_other_words(text: str) -> None:
    """A greeting before it and a place behind it change nothing; neither do capitals."""
    told = f"hello sir. {text}. I am calling from sector sixteen, come fast"
    found = find_hazard(text, whole=False)
    assert find_hazard(told, whole=False) == find_hazard(text.upper(), whole=False) == found
    assert found is not None
    assert find_hazard(told) in {found, Hazard("P0", found.kind)}  # who hurries us may be in danger


SMALL = {"a", "an", "the", "my", "is", "are", "was", "has", "been", "there", "our", "some"}


@pytest.mark.parametrize("text", [text for text in DANGERS if not text.startswith("no th")])  # "no fire" is a denial
def test_danger_is_found_without_the_small_words(text: str) -> None:
    """A recogniser loses them first."""
    heard = find_hazard(" ".join(word for word in text.split() if word not in SMALL))
    assert heard is not None


def test_the_gravest_of_several_dangers_counts() -> None:
    """A fire that follows on sparks is a fire."""
    assert find_hazard("the pole was sparking and a wire has fallen") == Hazard("P0", "wire_down")
    assert find_hazard("wire has fallen and now there is a fire") == Hazard("P0", "fire")


def test_words_that_stand_far_apart_are_no_danger_together() -> None:
    """Up to eight words from each other, not nine; small ones do not count, unless there are many."""
    eight = "the wire zero one two three four five six seven fell"
    assert find_hazard(eight.replace("zero ", "")) == Hazard("P0", "wire_down")
    assert find_hazard(eight.replace("zero", "at the")) == Hazard("P0", "wire_down")
    assert find_hazard(eight.replace("zero", "is at the side of my road")) is None
    assert find_hazard(eight) is None
    assert find_hazard("price was very much more than one two three blast") == Hazard("P0", "fire")
    assert find_hazard("price was very much more one two three blast") is None
    assert find_hazard("blast one two three four five six seven price") is None
    assert find_hazard("blast one two three four five six seven eight price") == Hazard("P0", "fire")


def test_the_nearest_words_make_the_danger() -> None:
    """A far word of the same class does not hide a near one."""
    far = "the wire is fine thank you and one two three four five six seven eight "
    assert find_hazard(far + "the wire fell") == Hazard("P0", "wire_down")
    assert find_hazard("pole " + far + "wire down") == Hazard("P0", "wire_down")


@given(st.text(max_size=300))
def test_any_text_gives_a_hazard_or_none(text: str) -> None:
    """Nothing that is heard breaks the search."""
    found = find_hazard(text)
    assert found is None or found.level in {"P0", "P1"}


@given(st.sampled_from(DANGERS), st.text(alphabet="xyz qj", max_size=30))
def test_noise_before_danger_does_not_hide_it(danger: str, noise: str) -> None:
    """Words that are none change nothing."""
    assert find_hazard(f"{noise}. {danger}") is not None
