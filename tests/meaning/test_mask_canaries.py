"""Planted canaries: nobody's number, name or address survives the mask, in whatever script and form it is told."""

import random
import re
from collections.abc import Callable, Iterator

import pytest

from npcl_voice.meaning.mask import Mask
from npcl_voice.meaning.numbers import cardinal, hindi_cardinal, spoken_number
from npcl_voice.meaning.script import fold, romanised

SENTENCES = 2000
EN = "zero one two three four five six seven eight nine".split()
HINGLISH = "shunya ek do teen chaar paanch chhah saat aath nau".split()
HINDI = "शून्य एक दो तीन चार पाँच छह सात आठ नौ".split()
ENGLISH_IN_HINDI = "ज़ीरो वन टू थ्री फोर फाइव सिक्स सेवन एट नाइन".split()
WORDS = {"en": (EN,), "hinglish": (HINGLISH, EN), "hi": (HINDI, ENGLISH_IN_HINDI)}
DOUBLE = {"en": ("double", "triple"), "hinglish": ("dabal", "tripal"), "hi": ("डबल", "ट्रिपल")}
FILLERS = {
    "en": ("um", "and then", "after that", "okay", "one second"),
    "hinglish": ("aur", "phir", "uske baad", "haan", "ek minute", "ruko"),
    "hi": ("और", "फिर", "उसके बाद", "हाँ", "एक मिनट", "रुको"),
}
SLIPS = {"en": ("sorry", "I mean", "no no"), "hinglish": ("nahi nahi", "sorry", "galat"), "hi": ("नहीं", "सॉरी", "गलत")}
CARRIERS = {
    "en": "my number is {} please note|call me on {} now|the meter says {} here|complaint {} is open|{}|otp {} sir",
    "hinglish": "mera number {} hai ji|meter par {} likha hai|{} par call karna|shikayat {} hai|{}|otp {} aaya hai",
    "hi": "मेरा नंबर {} है जी|मीटर पर {} लिखा है|{} पर फोन कीजिए|शिकायत {} का क्या हुआ|{}|ओटीपी {} आया है",
}
NAMES = {
    "en": ("Zorawar", "Bhullar", "Tenzin", "Qamrun", "Rahul", "Sharma"),
    "hinglish": ("zorawar", "bhullar", "tenzin", "qamrun", "rahul", "sharma"),
    "hi": ("ज़ोरावर", "भुल्लर", "तेनज़िन", "क़मरुन", "राहुल", "शर्मा"),
}
NAME_FORMS = {
    "en": "my name is {}|I am {} from Delta 2|this is {} speaking|myself {}|mr {} here|bill is in the name of {}|"
    "name is {}",
    "hinglish": "mera naam {} hai|main {} bol raha hoon|main {} hoon|bill {} ke naam par hai|shri {} ka ghar|"
    "naam {} likho|{} baat kar rahi hoon",
    "hi": "मेरा नाम {} है|मैं {} बोल रहा हूँ|मैं {} हूँ|बिल {} के नाम पर है|श्रीमती {} का घर|नाम {} लिखिए|{} बात कर रही हूँ",
}
ADDRESS_FORMS = {
    "en": "house number {} in alpha 1|flat no {} has no light|my address is {} near the temple",
    "hinglish": "makaan number {} alpha 1 mein|ghar number {} mein light nahi|mera pata hai {} mandir ke paas",
    "hi": "मकान नंबर {} में बिजली नहीं|घर नंबर {} में|मेरा पता है {} मंदिर के पास",
}
DIGIT_OF = {word: str(digit) for words in (EN, HINGLISH, HINDI, ENGLISH_IN_HINDI) for digit, word in enumerate(words)}


def by_digits(chance: random.Random, script: str, digits: str) -> str:
    """One word a digit, in one language or in both."""
    return " ".join(chance.choice(WORDS[script])[int(digit)] for digit in digits)


def by_pairs(chance: random.Random, script: str, digits: str) -> str:
    """Two digits as a number below a hundred."""
    said = []
    for place in range(0, len(digits), 2):
        pair = digits[place : place + 2]
        if len(pair) == 2 and pair[0] != "0":
            said.append(hindi_cardinal(int(pair)) if script == "hi" else cardinal(int(pair)))
        else:
            said.append(by_digits(chance, script, pair))
    return " ".join(said)


def doubled(chance: random.Random, script: str, digits: str) -> str:
    """Equal neighbours as double and triple."""
    said = []
    for found in re.finditer(r"(\d)\1{0,2}", digits):
        times = len(found[0])
        word = chance.choice(WORDS[script])[int(found[1])]
        said.append(word if times == 1 else f"{DOUBLE[script][times - 2]} {word}")
    return " ".join(said)


def in_figures(chance: random.Random, script: str, digits: str) -> str:
    """Figures of either script, grouped in some way."""
    if chance.random() < 0.4:
        digits = "".join(chr(ord("०") + int(digit)) for digit in digits)
    between = chance.choice(["", " ", "-", ", "])
    size = chance.choice([1, 2, 3, 5])
    return between.join(digits[place : place + size] for place in range(0, len(digits), size))


def with_fillers(chance: random.Random, script: str, digits: str) -> str:
    """Words in between."""
    parts = [by_digits(chance, script, digits[place : place + 3]) for place in range(0, len(digits), 3)]
    return f", {chance.choice(FILLERS[script])}, ".join(parts)


def corrected(chance: random.Random, script: str, digits: str) -> str:
    """A slip, put right."""
    place = chance.randrange(1, len(digits))
    wrong = chance.choice(WORDS[script])[(int(digits[place]) + 3) % 10]
    before, after = by_digits(chance, script, digits[:place]), by_digits(chance, script, digits[place:])
    return f"{before} {wrong}, {chance.choice(SLIPS[script])}, {after}"


def mixed(chance: random.Random, script: str, digits: str) -> str:
    """Words of all languages and figures of both scripts."""
    every = [EN, HINGLISH, HINDI, ENGLISH_IN_HINDI, list("0123456789"), list("०१२३४५६७८९")]
    return " ".join(chance.choice(every)[int(digit)] for digit in digits)


def scattered(chance: random.Random, script: str, digits: str) -> str:
    """Words that nobody foresaw in between."""
    size = chance.choice([1, 2, 3])
    parts = [by_digits(chance, script, digits[place : place + size]) for place in range(0, len(digits), size)]
    return f" {chance.choice(['dekhta', 'achanak', 'लगभग', 'hopefully'])} ".join(parts)


FORMS: tuple[Callable[[random.Random, str, str], str], ...] = (
    by_digits,
    by_pairs,
    doubled,
    in_figures,
    with_fillers,
    corrected,
    mixed,
    scattered,
)


def stream(text: str) -> str:
    """Every digit that a text tells, by the plainest reading: each word and figure for itself."""
    words = re.findall(r"[ऀ-ॣ]+|[a-z]+|\d", text.lower())
    return "".join(str(int(word)) if word.isdigit() else DIGIT_OF.get(word, "") for word in words)


def numbers() -> Iterator[tuple[str, str, str]]:
    """Sentences with a number in them: script, digits, sentence."""
    chance = random.Random(20261122)
    for place in range(SENTENCES):
        script = ("en", "hinglish", "hi")[place % 3]
        length = chance.choice([4, 6, 7, 9, 10])
        digits = "".join(chance.choice("0134567899") for _ in range(length))
        carrier = chance.choice(CARRIERS[script].split("|"))
        yield script, digits, carrier.format(FORMS[place % len(FORMS)](chance, script, digits))


def test_no_number_survives_in_any_form() -> None:
    """By the plainest reading and by our own; digits that were taken back are covered, too."""
    for place, (_, digits, sentence) in enumerate(numbers()):
        masked = Mask(place.to_bytes(4)).text(sentence)
        assert digits not in stream(masked), (sentence, masked)
        assert spoken_number(masked, (len(digits),)) != digits, (sentence, masked)
        # No digit that was told as a word or a figure of its own is left where it was.
        told, left = stream(sentence), stream(masked)
        if len(told) == len(left) == len(digits):
            assert all(one != other for one, other in zip(told, left, strict=True)), (sentence, masked)


def test_no_name_survives_in_any_form() -> None:
    """In either script."""
    chance = random.Random(7)
    for place in range(SENTENCES):
        script = ("en", "hinglish", "hi")[place % 3]
        names = chance.sample(NAMES[script], chance.choice([1, 2]))
        sentence = chance.choice(NAME_FORMS[script].split("|")).format(" ".join(names))
        masked = Mask(place.to_bytes(4)).text(sentence)
        words = [fold(romanised(word)) for word in re.findall(r"[ऀ-ॣ]+|[a-z]+", masked.lower())]
        assert not {fold(romanised(name)) for name in names} & set(words), (sentence, masked)


def test_no_house_number_survives() -> None:
    """However short it is."""
    chance = random.Random(11)
    for place in range(SENTENCES):
        script = ("en", "hinglish", "hi")[place % 3]
        digits = "".join(chance.choice("13456789") for _ in range(chance.choice([1, 2, 3])))
        said = chance.choice([by_digits, by_pairs, in_figures])(chance, script, digits)
        if said in {"ek", "एक"}:  # "one" or "a": an article beside a house is no address
            continue
        sentence = chance.choice(ADDRESS_FORMS[script].split("|")).format(said)
        masked = Mask(place.to_bytes(4)).text(sentence)
        rest = sentence.split("{}")[0]
        assert said not in masked.replace("alpha 1", ""), (sentence, masked, rest)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("the code is 1912", "1912"),
        ("otp 1912 aaya", "1912"),
        ("ओटीपी १९१२ है", "१९१२"),
        ("closing code एक नौ एक दो है", "एक नौ एक दो"),
        ("my name is Z O R A W A R", "Z O R A W A R"),
        ("nine to eight five six seven eight three", "to"),
    ],
)
def test_what_looks_public_is_covered_where_it_is_a_secret(text: str, secret: str) -> None:
    """A code may have the digits of a helpline, a name may be spelled, digits may be misheard."""
    assert secret not in Mask(b"a call").text(text)
