"""The model's brief."""

from npcl_voice.conversation.brief import instructions_for, parts
from npcl_voice.conversation.phrases import load_phrases


def test_every_part_and_the_language_s_style_are_in_the_instructions():
    """In their order, the style last."""
    phrases = load_phrases("en")
    instructions = instructions_for(phrases)
    places = [instructions.index(part.text.strip()) for part in parts()]
    assert places == sorted(places)
    assert instructions.endswith(phrases.style.strip())
