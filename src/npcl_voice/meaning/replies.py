"""Answers to a question: yes, no, that was wrong, I do not know, one moment, leave it; in either language."""

from typing import Final, Literal

from npcl_voice.meaning.expectation import Expectation, Kind
from npcl_voice.meaning.numbers import digits_in
from npcl_voice.meaning.wording import Wording

__all__ = ["ANSWERS", "Answer", "reply_of"]

Answer = Literal["yes", "no", "wrong", "unknown", "wait", "leave"]
"""`leave`: what was asked for is not wanted any more; where yes or no was asked, that is a no."""
ANSWERS: Final = frozenset({"yes", "no", "wrong", "unknown"})
"""Those that an example may show."""


def reply_of(words: Wording, plain: str, expecting: Expectation, intent: str | None) -> Answer | None:
    """The answer in a sentence, `plain` as that wording wants it; None when it gives none.

    A sentence that wants something (`intent`) answers only by what it begins with.
    """
    led, rest = _lead(words, plain, expecting)
    if intent == "repeat" or (expecting.kind is Kind.ANY and intent not in {None, "bye"}):
        return led
    for name in ("wait", "wrong", "unknown", "leave"):
        if words.answers[name].search(plain) and not (name == "leave" and expecting.kind is Kind.YES_NO):
            return name
    if words.answers["yes"].search(rest):
        if led != "no":
            return "yes"
        return None if expecting.kind is Kind.YES_NO else led  # a no and a yes at once may be either
    if led is not None:
        return led
    if expecting.kind is Kind.YES_NO and words.answers["leave"].search(rest):
        return "no"
    if words.answers["no"].search(rest):
        return "no"
    agreed = expecting.kind is Kind.YES_NO and words.answers["agreed"].search(plain) and not digits_in(plain)
    return "yes" if agreed else None


_NOT: Final = frozenset({"not"})
"""Turns the yes before it into a no: `absolutely not`, `bilkul nahi`."""


def _lead(words: Wording, plain: str, expecting: Expectation) -> tuple[Answer | None, str]:
    """The yes or no that a sentence begins with, the last of several, and what follows."""
    said = plain.split()
    answer: Answer | None = None
    for place, word in enumerate(said):
        rest = " ".join(said[place:])
        if word not in words.yes and word not in words.no and word not in words.leads:
            return answer, rest
        if expecting.kind is not Kind.YES_NO and words.not_leading.match(rest):
            return answer, rest
        if word in words.yes:
            answer = "no" if words.no.union(_NOT).intersection(said[place + 1 : place + 2]) else "yes"
        elif word in words.no:
            answer = "no"
    return answer, ""
