"""`prompt`: what a remote model is told."""

import json

import pytest

from npcl_voice.app import session_from
from npcl_voice.audio.frame import PCM_24K
from npcl_voice.cli import main
from npcl_voice.config import Turns
from npcl_voice.conversation.phrases import load_book, load_phrases
from npcl_voice.intents import INTENTS


@pytest.fixture
def shown(capsys, tmp_path, monkeypatch):
    """What the command prints."""
    monkeypatch.setenv("NPCL_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def shown(*arguments):
        with pytest.raises(SystemExit) as left:
            main(["prompt", *arguments])
        out, err = capsys.readouterr()
        return left.value.code, out, err

    return shown


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_brief_is_what_a_call_hands_over(shown, language):
    """To the letter: version, instructions and tools."""
    code, out, err = shown("--language", language, "--json")
    assert (code, err) == (0, "")
    brief = json.loads(out)
    assert list(brief) == ["version", "language", "greeting", "style", "instructions", "tools"]
    session = session_from(Turns(), load_book(language))(PCM_24K, True)
    assert brief["instructions"] == session.instructions
    assert [tool["name"] for tool in brief["tools"]] == [tool.name for tool in session.tools] == list(INTENTS)
    assert brief["greeting"] == load_phrases(language).say["greeting"]


def test_the_brief_is_readable(shown):
    """The version first, then the rest; each tool with its parameters."""
    code, out, err = shown()
    assert (code, err) == (0, "")
    version = json.loads(shown("--json")[1])["version"]
    assert out.startswith(f"Version {version}, language en\n")
    assert f"Version of these instructions: {version}" in out
    for name in INTENTS:
        assert f"\n{name}: " in out


def test_a_language_without_phrases(shown):
    """Those there are, are named."""
    code, out, err = shown("--language", "ta")
    assert (code, out) == (1, "")
    assert "en" in err
