"""The model's brief."""

import msgspec
import pytest

from npcl_voice.conversation.brief import brief_for, parts
from npcl_voice.conversation.phrases import languages, load_phrases
from npcl_voice.realtime.session import FunctionTool

TOOL = FunctionTool("bye", "The caller is done.", {"type": "object", "properties": {}})


@pytest.mark.parametrize("language", languages())
def test_every_part_and_the_language_s_style_are_in_the_instructions(language):
    """In their order, then the style, and last the version."""
    phrases = load_phrases(language)
    brief = brief_for(phrases, [TOOL])
    places = [brief.instructions.index(part.text.strip()) for part in parts()]
    assert places == sorted(places)
    assert brief.instructions.endswith(f"{phrases.style.strip()}\n\nVersion of these instructions: {brief.version}")
    assert (brief.language, brief.greeting, brief.tools) == (language, phrases.say["greeting"], (TOOL,))
    assert brief.style == phrases.style.strip()


def test_the_version_changes_with_whatever_is_in_it():
    """And with nothing else."""
    phrases = load_phrases("en")
    version = brief_for(phrases, [TOOL]).version
    assert (len(version), int(version, 16) >= 0) == (12, True)
    assert (
        brief_for(load_phrases("en"), [FunctionTool(TOOL.name, TOOL.description, TOOL.parameters)]).version == version
    )
    others = [
        brief_for(phrases, []),
        brief_for(phrases, [FunctionTool("bye", "The caller has done.", TOOL.parameters)]),
        brief_for(load_phrases("hi"), [TOOL]),
        brief_for(msgspec.structs.replace(phrases, style="Mumble."), [TOOL]),
        brief_for(msgspec.structs.replace(phrases, say={**phrases.say, "greeting": "Hello."}), [TOOL]),
    ]
    assert version not in {other.version for other in others}
