"""Templates: all readings, a fair share of them, and clear words for a bad one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.meaning.templates import MOST_NESTING, MOST_SENTENCES, expand


@pytest.mark.parametrize(
    ("template", "sentences"),
    [
        ("no light", ["no light"]),
        ("", [""]),
        ("(a|b) c", ["a c", "b c"]),
        ("(a|) b", ["a b", "b"]),
        ("x (|a)  y", ["x y", "x a y"]),
        ("(a|b) (c|d)", ["a c", "a d", "b c", "b d"]),
        ("(a (b|c)|d)", ["a b", "a c", "d"]),
        ("((a|b)|(c|d)|e)", ["a", "b", "c", "d", "e"]),
        ("in {place}", ["in alpha one", "in kasna"]),
        ("(in {place}|here)", ["in alpha one", "in kasna", "here"]),
        ("(a|a) b", ["a b"]),
        ("no(thing|ne)", ["nothing", "none"]),
    ],
)
def test_every_reading_comes_once_and_in_order(template: str, sentences: list[str]) -> None:
    """Choices count from the right, like the digits of a number."""
    assert expand(template, {"place": ["alpha one", "kasna"]}) == sentences


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("(a|b", "'(' without ')'"),
        ("a)", "')' without '('"),
        ("a|b", "'|' stands outside of parentheses"),
        ("{x", "'{' is no named part such as {place}"),
        ("x}", "'}' is no named part such as {place}"),
        ("{}", "'{}' is no named part such as {place}"),
        ("{A b}", "'{A b}' is no named part such as {place}"),
        ("{town}", "nobody knows the part {town}"),
        ("{none}", "the part {none} has no values"),
        ("(" * (MOST_NESTING + 1), "more than 20 choices inside one another"),
    ],
)
def test_a_bad_template_is_refused_and_named(template: str, message: str) -> None:
    """The message shows the template and what is wrong."""
    with pytest.raises(ValueError, match="template ") as refused:
        expand(template, {"none": []})
    assert message in str(refused.value)
    assert repr(template) in str(refused.value)


def test_deep_nesting_up_to_the_limit_is_read() -> None:
    """Twenty choices inside one another are still a template."""
    assert expand("(" * MOST_NESTING + "a" + ")" * MOST_NESTING, {}) == ["a"]


def test_a_limit_takes_sentences_from_all_over_the_template() -> None:
    """Not the first ones: the first branch would be all that is ever heard."""
    digits = "(0|1|2|3|4|5|6|7|8|9)"
    assert expand(digits * 2, {}, 4) == ["00", "63", "26", "89"]
    assert expand("(a|b) (c|d|e)", {}, 3) == ["a c", "b e", "b d"]
    assert expand("(a|b|c|d|e|f|g)", {}, 3) == ["a", "e", "b"]
    assert expand(digits, {}, 10) == list("0123456789")
    assert expand(digits, {}, 99) == list("0123456789")
    assert expand(digits, {}, 0) == []
    assert expand("(a|b)", {}, 1) == ["a"]


def test_too_many_sentences_need_a_limit() -> None:
    """Without one, a template that explodes is refused before it does."""
    digits = "(0|1|2|3|4|5|6|7|8|9)"
    assert MOST_SENTENCES == 100_000
    with pytest.raises(ValueError, match="1000000 readings, and at most 100000 are taken"):
        expand(digits * 6, {})
    assert len(expand(digits * 30, {}, 50)) == 50
    with pytest.raises(ValueError, match="limit must not be negative, and is -1"):
        expand("a", {}, -1)


@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 60))
def test_a_limited_expansion_is_a_part_of_the_whole(first: int, second: int, limit: int) -> None:
    """No sentence comes twice, and each is one of the template's."""
    template = f"({'|'.join('abcdefg'[:first])}) ({'|'.join('hijklmn'[:second])})"
    whole = expand(template, {})
    some = expand(template, {}, limit)
    assert len(whole) == first * second
    assert len(some) == len(set(some)) == min(limit, first * second)
    assert set(some) <= set(whole)
    assert expand(template, {}, limit) == some
