"""Danger that is talked of and not there: asked back, listed and denied, of a film, a lesson or a thought.

Beside each stands one of nearly the same words that is real, for a doubt is a danger.
"""

import pytest

from npcl_voice.meaning.hazards import find_hazard


@pytest.mark.parametrize(
    ("taken_back", "real"),
    [
        ("fire? no, my five lights are off", "fire! no, my five lights are off"),
        ("taar toota? arre nahi, taar theek hai", "taar toota? haan, taar toota hai"),
        ("taar gira? nahi", "taar gira? nahi aaya koi"),
        ("fire? no", "there is a fire? nobody has come"),
        ("smoke? no", "is the smoke stopped? no"),
        ("is there fire? no", "hello sir please listen here is fire? no water"),
        ("चिंगारी? नहीं, वैसा कुछ नहीं", "लाइट? नहीं, चिंगारी निकल रही है"),
        ("sparks, smoke, broken wires, none of that here", "there are sparks, none of that here"),
        ("fire and smoke, none of that", "fire and smoke, none of that team came"),
        ("aag, dhuan, aisa kuch nahi hai", "aag lagi hai, aisa kuch nahi hua pehle"),
        ("you ask if anybody got a shock, nobody did", "my son got a shock, you said help will come, nobody did"),
        ("jhatka kisi ko bhi nahi laga", "jhatka kisi ko laga"),
    ],
)
def test_what_is_said_first_may_be_taken_back_as_a_whole(taken_back: str, real: str) -> None:
    """A question with a no behind it, a list with "none of that", "nobody did"."""
    assert find_hazard(taken_back) is None
    assert find_hazard(real) is not None


@pytest.mark.parametrize(
    ("talk", "real"),
    [
        ("the news showed a factory fire in Surat", "the news showed nothing, my factory is on fire"),
        ("I saw on tv that a transformer blew up", "I saw on tv, come quickly, a transformer blew up"),
        ("film mein hero ne nanga taar pakda", "film mein nahi, sach mein aag lagi hai"),
        ("a short circuit fire, for a school project", "for a school project, my meter is on fire"),
        ("tv par dikha rahe the ki aag lagi", "tv par dikha rahe the, koi nahi aaya, aag lagi"),
        ("short circuit kyon hota hai", "mere meter mein short circuit kyon hota hai"),
        ("how does a fire start", "how does it look, a fire started"),
        ("jaankari ke liye, jhatka lagne par kya karte hain", "jhatka laga, kya karte hain, beta gir gaya"),
        ("suppose somebody gets electrocuted", "suppose what, somebody is electrocuted"),
        ("in case the transformer catches fire some day", "in case you can come, the transformer is on fire"),
        ("agar kabhi aag lag jaye to kisko bulayein, fire brigade ko", "aag lagi hai, fire brigade ko bulao"),
        ("maan lo kisi din taar toot ke gir jaye", "maan lo meri baat, taar toot ke gira hai"),
    ],
)
def test_danger_elsewhere_or_in_thought_is_none(talk: str, real: str) -> None:
    """Unless something tells of here and now, or of help."""
    assert find_hazard(talk) is None
    assert find_hazard(real) is not None


@pytest.mark.parametrize(
    ("over", "again"),
    [
        ("the fire brigade put it out, the wiring was redone", "the fire brigade put it out, the wiring is burning"),
        ("the fire brigade put it out, wiring is new", "the fire brigade put it out but the wiring is smoking"),
        ("your team came and changed the sparking fuse", "your team came and the sparking fuse is there"),
        ("taar latka tha, kal aapke aadmi kas gaye", "taar latka hai, kal aapke aadmi aaye"),
        ("my son got a shock when he was small", "my son got a shock when he was here"),
    ],
)
def test_what_was_put_right_is_over(over: str, again: str) -> None:
    """In more words than "repaired"."""
    assert find_hazard(over) is None
    assert find_hazard(again) is not None


@pytest.mark.parametrize(
    "text",
    [
        "my boss was breathing fire", "our bills have simply exploded", "I do not want to spark an argument",
        "fire that lazy employee", "us karamchari ko fire karo", "hamare paise jal rahe hain",
        "mere ghar ke paas फायर स्टेशन hai", "स्मोक डिटेक्टर की बैटरी", "dukaan ka naam Chingari Dhaba hai",
        "ख़बर आग की तरह फैल गई", "I got the shock of my life",
    ],
)  # fmt: skip
def test_figures_of_speech_and_names_are_none(text: str) -> None:
    """In either script."""
    assert find_hazard(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "he's fallen there, the rod in his hand touched the big line, his hand is black",
        "your lineman is hanging up there on the pole, I think he got the current", "he's frozen to the pole",
        "aadmi taar mein uljha hua hai", "पूरे घर की दीवारों में करंट दौड़ रहा है", "the meter caught alight",
        "मज़दूर का सरिया लाइन से छू गया, वो झुलस गया है", "the current knocked him off his feet",
        "it threw him across the room when he plugged in the motor", "transformer went up in smoke",
        "a high tension line is across the driveway", "the lineman is dangling, he isn't responding",
        "kid grabbed the wire", "there is an orange glow from the meter", "there's a fire, manager sir",
    ],
)  # fmt: skip
def test_danger_to_life_in_unusual_words(text: str) -> None:
    """As people tell it who look at it."""
    hazard = find_hazard(text)
    assert hazard is not None
    assert hazard.level == "P0"
