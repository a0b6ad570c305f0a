"""What answer is expected, and in which languages."""

from npcl_voice.meaning.expectation import ANYTHING, heard_at_first


def test_a_call_is_heard_in_the_language_of_the_setting() -> None:
    """English alone where it was asked for, both where nobody knows; in Hindi one may turn to English."""
    assert heard_at_first("en") == ANYTHING.languages == ("en",)
    assert heard_at_first("auto") == ("en", "hi")
    assert heard_at_first("hi") == ("hi", "en")
