"""What is hello and nothing else."""

import pytest

from npcl_voice.meaning.greeting import is_greeting


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "Hello, hello?",
        "hi",
        "namaste",
        "नमस्ते",
        "नमस्ते जी",
        "namaskar sir",
        "ji namaste",
        "हैलो सर",
        "Good morning madam",
        "गुड मॉर्निंग",
        "राम राम जी",
        "hello good evening",
        "Sat Sri Akal ji",
    ],
)
def test_hello(text):
    """In either language and script."""
    assert is_greeting(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ji",
        "yes sir",
        "bye",
        "ठीक है नमस्ते",
        "namaste rakhta hoon",
        "hello my power is out",
        "hello " * 20,
        "ram",
        "good night",
        "good",
    ],
)
def test_more_or_less_than_hello(text):
    """What is said besides counts; so does a goodbye."""
    assert not is_greeting(text)
