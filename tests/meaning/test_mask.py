"""The mask: covers what identifies a caller, keeps the shape of it, and leaves the rest alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.domain.areas import packaged_areas
from npcl_voice.domain.company import packaged_text, read_company
from npcl_voice.meaning.mask import HELPLINES, Mask
from npcl_voice.meaning.names import COMMON_WORDS, PERSONS_NAMES, PLACEHOLDERS
from npcl_voice.meaning.numbers import DIGIT_WORDS, FILLERS, cardinal, digits_in, read_back

MASK = Mask(b"a call")
TO = {digit: MASK.digits(digit) for digit in "0123456789"}
keys = st.binary(min_size=1, max_size=8)


def over(text: str) -> str:
    """`text` with each ASCII digit covered."""
    return "".join(TO.get(letter, letter) for letter in text)


def words(digits: str) -> str:
    """The words of covered digits."""
    return " ".join(DIGIT_WORDS[int(TO[digit])] for digit in digits)


@given(keys)
def test_every_digit_becomes_another_of_its_class(key: bytes) -> None:
    """2 stays: it begins a consumer number; 6 to 9 begin a mobile number, the others neither."""
    mask = Mask(key)
    to = {digit: mask.digits(digit) for digit in "0123456789"}
    assert to["2"] == "2"
    assert {to[digit] for digit in "6789"} == set("6789")
    assert {to[digit] for digit in "01345"} == set("01345")
    assert all(to[digit] != digit for digit in "013456789")
    assert Mask(key).digits("0123456789") == "".join(to.values())


def test_a_mask_needs_a_key_and_depends_on_it() -> None:
    """Calls cover differently."""
    with pytest.raises(ValueError, match="a mask needs a key"):
        Mask(b"")
    assert len({Mask(bytes([key])).digits("013456789") for key in range(64)}) > 40


def test_digits_of_a_field_are_covered_whatever_stands_between_them() -> None:
    """Figures of any script; India's country code before a mobile number stays."""
    assert MASK.digits("B-12/3") == over("B-12/3")
    assert MASK.digits("112") == over("112")
    assert MASK.digits("*") == "*"
    assert MASK.digits("०५४") == "".join(chr(ord("०") + int(TO[digit])) for digit in "054")
    assert MASK.digits("919876543210") == "91" + over("9876543210")
    assert MASK.digits("+91 98765-43210") == "+91 " + over("98765-43210")
    assert MASK.digits("915876543210") == over("915876543210")
    assert MASK.digits("9198765432101") == over("9198765432101")
    assert MASK.digits("") == ""


COVERED = [
    # Numbers in figures, however they are grouped.
    ("complaint 000054321 please", f"complaint {over('000054321')} please"),
    ("call 98765 43210", f"call {over('98765 43210')}"),
    ("call 98765-43210 now", f"call {over('98765-43210')} now"),
    ("meter 98.76,54", f"meter {over('98.76,54')}"),
    ("otp is 4821", f"otp is {over('4821')}"),
    ("otp 482", f"otp {over('482')}"),
    ("call +91 98765 43210 now", f"call +91 {over('98765 43210')} now"),
    ("क ०५४", "क " + "".join(chr(ord("०") + int(TO[digit])) for digit in "054")),
    ("flat204", f"flat{over('204')}"),
    # In words.
    ("my number is nine eight seven", f"my number is {words('987')}"),
    ("Nine eight seven light", f"{words('9').capitalize()} {words('87')} light"),
    ("take ninety four forty four", f"take {words('94')} {words('44')}"),
    ("take double four and triple seven", f"take double {words('4')} and triple {words('7')}"),
    ("take double forty five", f"take {words('4545')}"),
    ("take Double forty five", f"take {words('4545').capitalize()}"),
    ("take two hundred and four", f"take {words('204')}"),
    ("take double 45", f"take double {over('45')}"),
    ("take nine oh two", f"take {words('902')}"),
    ("take nine 87 oh", f"take {words('9')} {over('87')} {words('0')}"),
    ("take nine eight, I mean seven", f"take {words('98')}, I mean {words('7')}"),
    ("take nine one nine eight seven six five four three two one zero", f"take nine one {words('9876543210')}"),
    ("take nine two no one nine eight seven six five four three two one zero",
     f"take {words('92')} no {words('19876543210')}"),
    ("take double nine no nine one 98765 43210", f"take double {words('9')} no nine one {over('98765 43210')}"),
    (
        "take 9 double one 123456789 no 98765 43210",
        f"take 9 one {words('1')} {over('123456789')} no {over('98765 43210')}",
    ),
    ("take 9 double 1123456789 no 98765 43210", f"take 9 1{over('1123456789')} no {over('98765 43210')}"),
    ("take triple 91 98765 43210", f"take triple {over('91')} {over('98765 43210')}"),
    # A text that is nothing but a number, however short or well known.
    ("12", over("12")),
    ("it is twelve", f"it is {words('12')}"),
    ("[keypad] 5", f"[keypad] {over('5')}"),
    ("112", over("112")),
    ("no, seven", f"no, {words('7')}"),
    # Addresses.
    ("house number 12 alpha one", f"house number {over('12')} alpha one"),
    ("house 12 May I ask", f"house {over('12')} May I ask"),
    ("it is 98-2026-12-11", f"it is {over('98-2026-12-11')}"),
    ("2026-13-11", over("2026-13-11")),
    ("it is 98 2026-12-11 55", f"it is {over('98 2026-12-11 55')}"),
    ("मकान नंबर 12 मई से बिजली नहीं", f"मकान नंबर {over('12')} मई से बिजली नहीं"),
    ("flat no. b-4 has no light", f"flat no. b-{over('4')} has no light"),
    ("flat is twelve there", f"flat is {words('12')} there"),
    ("plot 9 tower 3", f"plot {over('9')} tower 3"),
    ("house 12/3 light", f"house {over('12/3')} light"),
    ('{"house":"12","area":"Alpha 1"}', f'{{"house":"{over("12")}","area":"Alpha 1"}}'),
    ('{"premises":"12"}', f'{{"premises":"{over("12")}"}}'),
    ("address: near the temple 9", f"address: near the temple {over('9')}"),
    # Parts of a run that are an area stay.
    ("Sector 16 000054321", f"Sector 16 {over('000054321')}"),
    ("alpha one two three four five", f"alpha one {words('2345')}"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "masked"), COVERED)
def test_numbers_are_covered_in_their_own_form(text: str, masked: str) -> None:
    """Figures stay figures, words stay words."""
    assert MASK.text(text) == masked


LEFT = """
please call 112 now
Call 101 or 112. Dial 0120-6226666 at any time.
dial one one two please
dial 101, 102, 108 please
the helpline is 1912
there is no light in Sector 16B since 9:30
i live in alpha one
Knowledge Park 5 has no power
sector one hundred
it began at 21:05
2026-11-22T10:30:00+05:30
2026-12-11
The amount due is to be paid by 11 December.
It was paid on 5 May.
11 दिसंबर तक
no light for two hours in my house
only 12 houses
twenty four of us
write to crm@noidapower.com
the light at home is gone
i am calling from gaur city
I am calling
this is very bad
this is urgent
i am not happy speaking
my name is not important
address
my address? since 9 there is no light
name
hello
@
a@ b
""".strip().splitlines()


@pytest.mark.parametrize("text", [*LEFT, "", " "])
def test_what_identifies_nobody_is_left_alone(text: str) -> None:
    """Helplines within a sentence, areas, times, small counts, our own mail address."""
    assert MASK.text(text) == text


def test_a_helpline_with_other_digits_is_no_helpline() -> None:
    """The whole run must be one."""
    assert MASK.text("please call 1125") == f"please call {over('1125')}"
    assert MASK.text("please call 112 54") == f"please call {over('112 54')}"
    assert MASK.text("please call 112, 54") == f"please call {over('112, 54')}"
    assert {"100", "101", "102", "108", "112", "1912", "01206226666"} == HELPLINES


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("my name is zorawar bhullar and light is gone", "zorawar bhullar"),
        ("my name is zorawar", "zorawar"),
        ("My good name is Zorawar", "Zorawar"),
        ("my name's zorawar", "zorawar"),
        ("mera naam zorawar", "zorawar"),
        ("myself zorawar from delta two", "zorawar"),
        ("mr bhullar is here", "bhullar"),
        ("this is zorawar bhullar speaking", "zorawar bhullar"),
        ("this is zorawar this side", "zorawar"),
        ("I am Zorawar from Delta 2", "Zorawar"),
        ("i'm Zorawar", "Zorawar"),
        ("i’m Zorawar", "Zorawar"),
        ("i am ramesh", "ramesh"),
        ("it is for sharma and gupta", "sharma gupta"),
        ("RAHUL is here", "RAHUL"),
        ("my name is aaa bbb ccc dddd", "aaa bbb ccc"),
        ("my address is 4 xyzzy road near plugh market", "xyzzy plugh"),
        ("address is aaa bbb ccc ddd eee fff ggg hhh", "aaa bbb ccc ddd eee fff ggg"),
        ("zorawar at gmail dot com", "zorawar"),
    ],
)
def test_names_become_made_up_names(text: str, names: str) -> None:
    """Known ones anywhere, others after an introduction; capitals as they were."""
    masked = MASK.text(text)
    expected = text
    for name in names.split():
        assert MASK.name(name).lower() in PLACEHOLDERS
        expected = expected.replace(name, MASK.name(name))
    if "4" in text:
        expected = expected.replace("4", TO["4"])
    assert masked == expected


@pytest.mark.parametrize(
    "text",
    [
        "this is zorawar",
        "i am zorawar",
        "three at gmail",
        "here at yahoo",
        "at gmail",
        "x at gmail",
        "tell him at home",
    ],
)
def test_what_may_be_a_name_but_is_not_said_as_one_stays(text: str) -> None:
    """Covering every word would leave nothing to understand."""
    assert MASK.text(text) == text


def test_a_name_keeps_its_capitals_and_is_always_the_same() -> None:
    """One key, one name; another key, mostly another name."""
    plain = MASK.name("rahul")
    assert MASK.name("Rahul") == plain.capitalize()
    assert MASK.name("RAHUL") == plain.upper()
    assert MASK.name("R") == MASK.name("r").capitalize()
    assert MASK.name("") in PLACEHOLDERS
    assert len({Mask(bytes([key])).name("rahul") for key in range(64)}) > 15


def test_the_lists_of_names_do_not_meet() -> None:
    """A made-up name is nobody's, and no everyday word is taken for a name."""
    assert not PERSONS_NAMES & set(PLACEHOLDERS)
    assert not PERSONS_NAMES & COMMON_WORDS
    assert not PERSONS_NAMES & FILLERS
    assert not COMMON_WORDS & set(PLACEHOLDERS)
    assert len(set(PLACEHOLDERS)) == len(PLACEHOLDERS)
    assert {"dheeraj", "nidhi", "nikunj", "rahul", "sharma", "singh"} <= PERSONS_NAMES


def test_mail_addresses_become_one_that_nobody_has() -> None:
    """The same for the same, our own stays."""
    made_up = f"{MASK.name('rahul.s')}@example.com"
    assert MASK.text("mail Rahul.S@gmail.com.") == f"mail {made_up}."
    assert MASK.text("rahul.s@x-y.co.in, rahul.s@b") == f"{made_up}, {made_up}"
    assert MASK.text("a+b_c@d") == f"{MASK.name('a+b_c')}@example.com"
    assert MASK.text("crm@NoidaPower.com a@b") == f"crm@NoidaPower.com {MASK.name('a')}@example.com"
    assert MASK.text("a@b@c") == f"{MASK.name('a')}@example.com@c"
    assert MASK.text("rahul@-") == f"{MASK.name('rahul')}@-"


@given(keys, st.text(alphabet="0123456789", min_size=1, max_size=24))
def test_covering_what_is_read_back_is_reading_back_what_is_covered(key: bytes, digits: str) -> None:
    """So a masked log gives the same sentences."""
    mask = Mask(key)
    if not (len(digits) == 10 and digits[0] not in "6789"):
        assert mask.text(read_back(digits)) == read_back(mask.digits(digits))
    assert digits_in(mask.text(read_back(digits))) == mask.digits(digits)


DICTATED = st.lists(
    st.one_of(
        st.sampled_from(
            ["oh", "no", "I mean", "sorry", "and", "then", "double", "um", ",", "-", "double oh", "twenty", "919"]
        ),
        st.integers(0, 99).map(cardinal),
        st.integers(0, 99).map(lambda number: f"triple {cardinal(number)}"),
        st.integers(100, 9999).map(cardinal),
        st.text(alphabet="0123456789", min_size=1, max_size=5),
        st.sampled_from(["91", "nine one", "९१", "98765", "43210", "9"]),
    ),
    min_size=1,
    max_size=12,
)


@given(keys, DICTATED, st.sampled_from([" ", ", ", "  "]))
def test_hearing_what_is_covered_is_covering_what_is_heard(key: bytes, parts: list[str], between: str) -> None:
    """The mask and the reading of numbers commute, corrections and all."""
    mask = Mask(key)
    text = between.join(parts)
    assert digits_in(mask.text(text)) == mask.digits(digits_in(text))


@given(keys, st.text(alphabet="0123456789", max_size=20), st.integers(0, 20))
def test_parts_of_a_number_are_covered_as_the_whole_is(key: bytes, digits: str, place: int) -> None:
    """Keyed digit by digit or in one go: the same."""
    mask = Mask(key)
    if not (len(digits) == 12 and digits.startswith("91")):
        assert mask.digits(digits[:place]) + mask.digits(digits[place:]) == mask.digits(digits)


@given(keys, st.text(max_size=120))
def test_any_text_can_be_covered_and_no_long_number_is_left(key: bytes, text: str) -> None:
    """Length of figures stays, and nothing breaks."""
    mask = Mask(key)
    assert mask.text(text) == mask.text(text)
    assert len(mask.digits(text)) == len(text)


@pytest.mark.parametrize("area", [area.name for area in packaged_areas()])
def test_names_of_areas_stay(area: str) -> None:
    """They tell where the fault is, not who called."""
    said = f"there is no light in {area} since morning"
    assert MASK.text(said) == said
    assert MASK.text(said.upper()) == said.upper()


def test_a_tree_is_covered_by_what_its_fields_hold() -> None:
    """Personal fields digit by digit, texts as sentences, the program's own words not at all."""
    tree = {
        "t": 1.5,
        "ok": True,
        "digit": "5",
        "house": 34,
        "number": True,
        "caller_number": "919876543210",
        "customer_name": "Zorawar Bhullar",
        "text": "my otp is 4821",
        "item_id": "item_000123",
        "id": "000123",
        "type": "a000123",
        "idea": "000123",
        "premises": {"premises_id": "P-1001", "area": "Alpha 1", "house": "21"},
        "complaint_numbers": ["000054321", None],
        "lines": [{"values": ({"so_far": "12"}, "12 men", 500)}],
        "arguments": '{"consumer_number":"2990417365"}',
    }
    assert MASK.tree(tree) == {
        "t": 1.5,
        "ok": True,
        "digit": TO["5"],
        "house": int(over("34")),
        "number": True,
        "caller_number": "91" + over("9876543210"),
        "customer_name": f"{MASK.name('Zorawar')} {MASK.name('Bhullar')}",
        "text": f"my otp is {over('4821')}",
        "item_id": "item_000123",
        "id": "000123",
        "type": "a000123",
        "idea": over("000123"),
        "premises": {"premises_id": over("P-1001"), "area": "Alpha 1", "house": over("21")},
        "complaint_numbers": [over("000054321"), None],
        "lines": [{"values": [{"so_far": over("12")}, "12 men", 500]}],
        "arguments": f'{{"consumer_number":"{over("2990417365")}"}}',
    }
    for code in ("close_1006", "http_5xx", "invalid_api_key"):
        assert MASK.tree({"code": code}) == {"code": code}
    for code in ("201301", "pin_2013_01", "a_20130", "close 1006"):
        assert MASK.tree({"code": code}) == {"code": MASK.text(code)}
        assert MASK.text(code) != code
    assert MASK.tree("otp 4821") == f"otp {over('4821')}"
    assert MASK.tree(None) is None


HOSTILE = [
    "a",
    "@",
    "a@",
    "one ",
    "double ",
    "9",
    "1 ",
    "twenty-",
    "my name is ",
    "no 1 ",
    "sector ",
    "1.",
    "1:",
    "address 1 ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_hostile_text_is_covered(piece: str) -> None:
    """Ten kilobytes of one thing over and over end, and leave no number behind."""
    text = (piece * 10_000)[:10_000]
    assert len(MASK.text(text)) > 0


def test_an_operator_s_areas_and_helplines_stay() -> None:
    """Else a masked log would be understood in another way than the call was."""
    seen = 'source = "x"\nas_of = 2026-11-22'
    company = read_company(
        {
            "areas.toml": f'[[area]]\nname = "Iota 123"\n{seen}',
            "helplines.toml": packaged_text("helplines.toml").replace("1912", "1919"),
        }
    )
    key = b"0123456789abcdef0123456789abcdef"
    own, packaged = Mask(key, company), Mask(key)
    said = "no light in iota 123, shall I call 1919 or 1912"
    assert own.text(said).startswith("no light in iota 123, shall I call 1919 or ")
    assert not own.text(said).endswith("1912")
    assert packaged.text(said).endswith("1912")
    assert "123" not in packaged.text(said)
    assert "1919" not in packaged.text(said)


def test_what_a_model_is_told_of_its_task_stays():
    """Instructions and the tools' descriptions are ours: a log is compared with them word by word."""
    told = {"instructions": "consumer numbers by four, three and three", "description": "no tool two nine nine oh"}
    assert Mask(b"key").tree(told) == told


def test_json_in_a_text_is_covered_as_what_it_holds():
    """As tools' answers and the facts of a call are written: short values beside long numbers stay."""
    told = '{"ok":true,"complaint_number":"000054324","level":"P0","repeats":0,"per_day_inr":150,"wait":7.5}'
    assert MASK.tree(told, "output") == told.replace("000054324", over("000054324"))
    facts = '[facts] State.\n{"slots":{"house":{"value":"12"},"phone":{"value":"9810123456"}},"failed":0}'
    assert MASK.tree(facts) == facts.replace("9810123456", over("9810123456")).replace('"12"', f'"{over("12")}"')


@pytest.mark.parametrize(
    "text",
    [
        '{"id":"9810123456"}',
        '{"9810123456":"x"}',
        '{"x":9810123456}',
        '{"x":9810123456.0}',
        '{"kind":["9810123456",{"type":"9810123456"}]}',
        '{"x":9810123456',
        '{"x":' + "[" * 5_000 + "9810123456}",
    ],
)
def test_no_field_of_a_stranger_s_json_is_ours(text):
    """Whatever it is called, in keys and in values, whole or damaged."""
    assert "9810123456" not in MASK.tree(text)
    assert "981012345" not in MASK.tree({"text": text})["text"]
