"""A sentence taken apart: its clauses, and in which mood each is said.

A promise is one only where it is stated. "Shall I register it?", "if I register it" and "it is not
registered" hold the same words and claim nothing.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from npcl_voice.conversation.claims.lexicon import LANGUAGES, Lexicon, lexicon
from npcl_voice.meaning.quantities import digit_sense
from npcl_voice.meaning.script import has_devanagari
from npcl_voice.meaning.tokens import Token, tokens_of

__all__ = ["Clause", "clauses_of"]

_BREAKS: Final = frozenset(",;:()।…–—")
_NO_QUESTION: Final = re.compile(
    r" (?:have (?:a|been)|will do|may you|do not|is being|was|were"
    r"|(?:should|will|would|could|may|might|must) (?:be|have|take|get|come|not)) "
)
"""What begins like a question, and is an order or the rest of a sentence."""
_THEN: Final = frozenset({"to", "toh"})
"""Parts what is so from the condition for it."""
_TENSES: Final = frozenset("is are was were has have had will would do does did could can".split())
"""Verbs that may go on with what an earlier clause is about."""
_ONLY_TOLD: Final = 5
"""In words: a clause that only says that the caller has told something is no longer."""
_SAYS: Final = frozenset("he hain kaha bola bataya batai rahe rahi hu ho".split())
_BEHIND_HINDI: Final = 1
"""So many words may stand between a verb and what denies it behind."""
_HINDI_ENDINGS: Final = ("enge", "egi", "ungi", "unga", "iyega", "iye", "iyo", "enga")
_MOODS: Final = (
    "denied", "condition", "later", "offer", "told", "itself", "feels", "future", "request", "explains", "past",
    "perhaps", "which", "wait", "greeting",
)  # fmt: skip


class Clause(msgspec.Struct, frozen=True):
    """A part of a sentence that says one thing."""

    tokens: tuple[Token, ...]
    plain: str
    """Its words in lower case, a blank before and behind each; idioms are left out, figures are `#`."""
    loose: str
    """The same, folded; nothing but a blank where nothing of the sentence is Hindi."""
    english: bool
    """Whether anything in it is English grammar."""
    moods: frozenset[str]
    """Those of _MOODS whose words it holds, and `asked` for a question."""
    begins: Mapping[str, int]
    """Where the words of each mood begin first."""

    def words(self, words: Lexicon) -> str:
        """Its words as that language compares them; a blank where it is not in that language."""
        return self.loose if words.loose else self.plain if self.english else " "

    def denies(self, start: int, end: int, *, english: bool, behind: int = 0) -> bool:
        """Whether what stands from `start` to `end` in that language's words is denied, and not something else.

        English denies before the verb, or no more than so many words `behind` it; Hindi beside it.
        """
        if "denied" not in self.moods:
            return False
        hindi = bool(self.loose.strip())
        if english and hindi:
            return True
        words, text = (lexicon("hi"), self.loose) if hindi else (lexicon("en"), self.plain)
        if hindi and words.mood["unsaid"].search(text):
            return True
        for found in words.mood["denied"].finditer(text):
            if found.start() >= end:
                if text.count(" ", end, found.start()) <= (max(behind, _BEHIND_HINDI) if hindi else behind):
                    return True
            elif not hindi or text.count(" ", min(found.end(), start), start) <= 1:
                return True
        return False

    def says(self, pattern: str, group: str = "mood") -> bool:
        """Whether it holds one of those phrases in any language."""
        return any(
            (found := getattr(words, group).get(pattern)) is not None and found.search(text) is not None
            for words in map(lexicon, LANGUAGES)
            if (text := self.words(words)) != " "
        )


def clauses_of(sentence: str) -> list[Clause]:
    """The clauses of one sentence, in order."""
    tokens = tokens_of(sentence)
    signs = lexicon("hi").grammar["signs"]
    sides = sum(token.plain in signs or token.plain.endswith(_HINDI_ENDINGS) for token in tokens)
    others = sum(token.plain in lexicon("en").grammar["signs"] for token in tokens)
    hindi = has_devanagari(sentence) or (sides > 0 and (sides > 1 or not others) and sides >= others)
    asked = "?" in sentence[-4:]
    parts = [part for part in _parts(tokens, asked=asked, hindi=hindi) if part]
    clauses = [_clause(part, hindi=hindi) for part in parts]
    if not clauses:
        return []
    read_back = asked and tokens[0].fold in lexicon("en").grammar["read_back"] | lexicon("hi").grammar["read_back"]
    clauses = _retold(clauses, asked=asked, read_back=read_back)
    marks = [_is_question(clause, first=not at, asked=asked) for at, clause in enumerate(clauses)]
    if asked:
        marks[-1] = True
        either = lexicon("en").grammar["either"]
        marks = [
            mark or not either.isdisjoint(clause.plain.split()) for mark, clause in zip(marks, clauses, strict=True)
        ]
        if len(clauses) > 1 and _confirms(clauses[-1]):
            marks[-2] = True
    return [
        msgspec.structs.replace(clause, moods=clause.moods | {"asked"}) if mark else clause
        for clause, mark in zip(clauses, marks, strict=True)
    ]


def _retold(clauses: Sequence[Clause], *, asked: bool, read_back: bool) -> list[Clause]:
    """What the caller is said to have told goes on: "you say that it came back", and to the end of a question."""
    out: list[Clause] = []
    for clause in clauses:
        last = out[-1] if out else None
        if last is not None and "told" in last.moods and "told" not in clause.moods and not clause.says("ours"):
            only = bool(last.loose.strip()) and len(last.tokens) <= _ONLY_TOLD and last.tokens[-1].fold in _SAYS
            if asked or only:
                clause = msgspec.structs.replace(clause, moods=clause.moods | {"told"})
        out.append(clause)
    behind = len(out) > 1 and "told" in out[-1].moods and len(out[-1].plain.split()) <= _ONLY_TOLD
    behind = behind and not out[-1].says("as_told")
    if behind or read_back:
        out = [one if one.says("ours") else msgspec.structs.replace(one, moods=one.moods | {"told"}) for one in out]
    return out


def _parts(tokens: Sequence[Token], *, asked: bool, hindi: bool) -> list[list[Token]]:
    """Tokens between signs and words that begin a clause; a comma within a number parts nothing."""
    words = lexicon("hi" if hindi else "en")
    parts: list[list[Token]] = [[]]
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.raw in _BREAKS or (token.raw == "-" and not (_counts(before) and _counts(after))):
            if _goes_on(tokens, at, words):
                parts[-1].append(token)
            elif not (_counts(before) and _counts(after)) and not _of_money(before, after):
                parts.append([])
            continue
        word = token.fold if hindi else token.plain
        if word in words.joins and not _joins_within(tokens, at, words, hindi=hindi):
            again = after is not None and after.fold == "se"  # `phir se`
            then = token.fold in _THEN
            emphatic = then and before is not None and after is not None and _stresses(before, after, words)
            if again or emphatic or (then and after is not None and after.fold in words.grammar["not"]):
                parts[-1].append(token)
                continue
            if then:
                parts[-1].append(token)  # it tells that what stands before it is a condition
            parts.append([token] if word in words.grammar["kept_joins"] else [])
            continue
        if (
            hindi
            and token.fold == "ki"
            and before is not None
            and (before.fold in words.grammar["before_ki"] or before.fold.endswith(_HINDI_ENDINGS))
        ):
            parts.append([])
            continue
        if (
            hindi
            and token.fold == "kya"
            and before is not None
            and before.fold in words.grammar["copulas"]
            and after is not None
            and after.kind != "sign"
        ):
            parts.append([])
        parts[-1].append(token)
    if asked and not hindi:
        parts[-1:] = _at_mid_question(parts[-1])
    return parts


def _stresses(before: Token, after: Token, words: Lexicon) -> bool:
    """`Darj to hai`: a "to" that stresses what stands before it, and parts no condition from the rest."""
    return after.fold in words.grammar["stressed"] and not before.fold.endswith(("e", "en", "o", "na"))


def _joins_within(tokens: Sequence[Token], at: int, words: Lexicon, *, hindi: bool) -> bool:
    """Whether "and" joins no clauses: "two and five", "three and a half", `dedh ghanta aur lagega`, `kisi aur ne`."""
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if (_counts(before) and (_counts(after) or (after is not None and after.plain == "a"))) or _of_money(before, after):
        return True
    if hindi and before is not None and before.fold in words.grammar["someone"]:
        return True
    more = hindi and tokens[at].fold == "aur" and at > 1 and _counts(tokens[at - 2])
    if more and before is not None and before.fold not in words.grammar["copulas"]:
        return True
    return _goes_on(tokens, at, words)


def _goes_on(tokens: Sequence[Token], at: int, words: Lexicon) -> bool:
    """Whether a number that is dictated goes on behind ", then": "eight three two, then five"."""

    def small(token: Token) -> bool:
        return token.raw in _BREAKS or not words.joins.isdisjoint({token.plain, token.fold})

    first = next((token for token in reversed(tokens[max(0, at - 3) : at]) if not small(token)), None)
    last = next((token for token in tokens[at : at + 4] if not small(token)), None)
    beside = (tokens[place] for place in (at - 1, at + 1) if 0 <= place < len(tokens))
    return any(map(small, beside)) and _counts(first) and _counts(last)


def _counts(token: Token | None) -> bool:
    return token is not None and (token.kind in {"figure", "ordinal"} or digit_sense(token) is not None)


def _of_money(before: Token | None, after: Token | None) -> bool:
    """`rupees and fifty paise`."""
    return before is not None and before.fold.startswith("rup") and _counts(after)


def _at_mid_question(tokens: list[Token]) -> list[list[Token]]:
    """Parts what holds a question: "Your complaint is registered is there anything else?" is two clauses."""
    words = lexicon("en").mood["mid_question"]
    text, starts = " ", []
    for token in tokens:
        starts.append(len(text))
        text += ("#" if token.kind != "word" else token.plain) + " "
    found = words.search(text, starts[2]) if len(starts) > 3 else None
    if found is None or lexicon("en").mood["starts_question"].search(text):
        return [tokens]
    at = next(place for place, start in enumerate(starts) if start >= found.start())
    return [tokens[:at], tokens[at:]]


def _clause(tokens: Sequence[Token], *, hindi: bool) -> Clause:
    said = [token for token in tokens if token.kind != "sign"]
    plain = _without_idioms(" " + "".join(f"{_written(token, token.plain)} " for token in said), lexicon("en"))
    loose = " " + "".join(f"{_written(token, token.fold)} " for token in said if hindi)
    loose = _without_idioms(loose, lexicon("hi"))
    words, text = (lexicon("hi"), loose) if hindi else (lexicon("en"), plain)
    begins = {mood: found.start() for mood in _MOODS if (found := words.mood[mood].search(text)) is not None}
    moods = set(begins)
    if words.mood["right_now"].search(text):
        moods -= {"explains"}
    plains = {token.plain for token in said}
    english = (
        not hindi
        or not lexicon("en").grammar["signs"].isdisjoint(plains)
        or (lexicon("hi").grammar["signs"].isdisjoint(plains) and all(token.raw.isascii() for token in said))
    )
    return Clause(tuple(tokens), plain, loose, english, frozenset(moods), begins)


def _written(token: Token, word: str) -> str:
    return word if token.kind == "word" else "#"


def _without_idioms(text: str, words: Lexicon) -> str:
    return words.mood["idioms"].sub("", text)


def _is_question(clause: Clause, *, first: bool, asked: bool) -> bool:
    if clause.loose.strip():
        return (asked and clause.loose.endswith(" na ")) or lexicon("hi").mood["question"].search(
            clause.loose
        ) is not None
    asks = lexicon("en").mood["starts_question"].search(clause.plain) is not None
    if not asked and clause.plain.split()[:1] and clause.plain.split()[0].startswith("wh"):
        return False  # "when you wake it will be on"
    return asks and (first or clause.plain.split()[0] not in _TENSES) and _NO_QUESTION.match(clause.plain) is None


def _confirms(clause: Clause) -> bool:
    """Whether it is nothing but "is that right"."""
    for words in map(lexicon, LANGUAGES):
        text = clause.words(words)
        found = words.mood["confirms"].search(text)
        if found is not None and len(text.split()) <= len(found.group().split()) + 2:
            return True
    return False
