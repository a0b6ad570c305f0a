"""Sentences as people say them, by language and by what they mean: read from `words/sayings-<language>.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from npcl_voice.meaning.wording import LANGUAGES

__all__ = ["sayings"]


@cache
def sayings() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The packaged sentences: for each language its names (intents, answers and others), and their sentences."""
    words = resources.files(__package__).joinpath("words")
    return {
        language: {
            name: tuple(lines)
            for name, lines in tomllib.loads(words.joinpath(f"sayings-{language}.toml").read_text("utf-8")).items()
        }
        for language in LANGUAGES
    }
