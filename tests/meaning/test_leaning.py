"""Which way words lean, by count in examples."""

import pytest

from npcl_voice.meaning.leaning import Leaning

SENTENCES = [
    *(("outage", f"no light at number {number}", 1) for number in range(100)),
    *(("status", f"what of complaint number {number}", 1) for number in range(99)),
    ("status", "still waiting here", 50),
]
LEARNT = Leaning(SENTENCES, {"no", "at", "of", "number"})


def test_words_lean_to_where_they_stand() -> None:
    """And surely when they stand nowhere else."""
    assert LEARNT.names == ("outage", "status")
    name, share = LEARNT.of("no light at 7")
    assert (name, share) == ("outage", pytest.approx(1.0, abs=0.01))
    name, share = LEARNT.of("what complaint")
    assert name == "status"
    assert share > 0.9


def test_an_example_may_count_more_often() -> None:
    """One sentence of fifty weighs as fifty."""
    assert LEARNT.of("still waiting")[0] == "status"


def test_a_rule_outweighs_a_word_and_not_all_of_them() -> None:
    """What a rule says is favoured."""
    assert LEARNT.of("light waiting", "status")[0] == "status"
    assert LEARNT.of("light waiting", "outage")[0] == "outage"
    assert LEARNT.of("what of complaint number 7 still waiting", "outage")[0] == "status"
    assert LEARNT.of("no light at 7", "nothing of ours")[0] == "outage"


@pytest.mark.parametrize(
    "text", ["", "light", "light light", "no of at", "zebra giraffe", "light zebra", "light 7 zebra giraffe okapi"]
)
def test_too_few_known_words_lean_nowhere(text: str) -> None:
    """Two at least, and half of all, and not those that are ignored."""
    assert LEARNT.of(text) == (None, 0.0)


def test_nothing_is_learnt_from_few_examples() -> None:
    """A handful would say more than they know."""
    few = Leaning(SENTENCES[:150], ())
    assert few.names == ()
    assert few.of("no light at 7") == (None, 0.0)


def test_only_so_many_words_are_looked_at() -> None:
    """Sixty; no caller says more in one breath."""
    assert LEARNT.of(f"{'at ' * 58}light 7")[0] == "outage"
    assert LEARNT.of(f"{'at ' * 59}light 7") == (None, 0.0)
