"""Which words may make a claim of a sentence that has begun."""

import pytest

from npcl_voice.conversation.claims.triggers import may_claim


@pytest.mark.parametrize(
    "begun",
    [
        "It is registered",
        "A crew is coming",
        "by nine",
        "in two hours",
        "000054324",
        "darj kar di",
        "आ जाएगी",
        "tomorrow morning,",
        "bhej diya",
    ],
)
def test_a_word_that_a_claim_may_hang_on(begun):
    """Verbs, numbers and times."""
    assert may_claim(begun)


@pytest.mark.parametrize("begun", ["", "...", "Please tell me", "Aapka naam", "Which sector,", "Thank you!"])
def test_words_that_claim_nothing(begun):
    """Most words of a sentence: nothing is judged after them."""
    assert not may_claim(begun)
