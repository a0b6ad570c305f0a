"""How the answer to the open question is taken: yes and no, numbers, places, names, words; or another wish instead."""

from collections.abc import Mapping

import msgspec

from npcl_voice.conversation.asking import PERSON_AFTER, Asking
from npcl_voice.conversation.context import Context, Line, MatterEvent, Source
from npcl_voice.conversation.dictating import HALF, PIECES, dictation, kept, put_right_by, source_of
from npcl_voice.conversation.goals import GOALS
from npcl_voice.conversation.goals.account import no_name
from npcl_voice.conversation.moves import Move
from npcl_voice.conversation.questions import QUESTIONS, expectation_of, read_back_of
from npcl_voice.domain.consumers import OWN_CONNECTION
from npcl_voice.domain.names import words_of
from npcl_voice.meaning.dictation import Dictation, Progress
from npcl_voice.meaning.names import in_latin
from npcl_voice.meaning.script import fold, folded
from npcl_voice.meaning.telling import known_name_in, name_answered
from npcl_voice.meaning.understanding import Understanding, is_beside_a_number

__all__ = ["BY_WORDS", "DOUBTED", "MARKS", "SURE", "SURE_ENOUGH", "Taking", "other_goal"]

SURE: frozenset[Source] = frozenset({"typed", "keyed"})
"""Where a number comes from that needs no read-back."""
SURE_ENOUGH = 0.7
"""How surely something else must be wanted before an open question is left for it."""
DOUBTED = ("doubted", "doubted_at", "doubted_kind")
"""Slots for what was said, and where in the talk, while it is asked whether there is danger."""
MARKS = (
    *PIECES,
    *DOUBTED,
    "no_consumer_number",
    "not_own",
    "looked",
    "need_place",
    "identified_first",
    "place_rejected",
    "which_side",
    "family",
    "unreached",
    "not_meant",
)
"""Slots that say how far we got with the matter at hand; with a new one they are forgotten."""
PLACES = frozenset({"area", "outside", "ambiguous", "family"})
"""Slots for the place that was named."""
READ_BACK = frozenset({"consumer_number", "complaint_number", "phone", "name"})
"""Slots that are read back one by one, unless they were typed or keyed."""
BY_WORDS = frozenset(name for name, goal in GOALS.items() if goal.by_words)
"""Wishes that are taken up when they are uttered."""
ASIDES = frozenset(name for name, goal in GOALS.items() if goal.aside)
"""Wishes that are served in between."""
MOST_WORDS = 200
"""Characters that are taken of an answer in the caller's own words."""
REFUSALS = frozenset(
    map(fold, ("no", "not", "don't", "dont", "cannot", "can't", "won't", "never", "nahi", "nahin", "naheen"))
)
"""Words without which nobody refuses; a name may sound like a no."""
LONGEST_HOUSE = 6
"""In signs, `B-1204`; what is longer was no house."""
LONGEST_NAME = 4
"""In words; more are no name."""


class Taking(Asking):
    """Takes answers; remembers nothing."""

    def _understanding(self, context: Context, text: str) -> Understanding:
        return self.understand(text, expectation_of(context.question))

    def _start(self, context: Context, name: str, got: Understanding, source: Source) -> Move:
        """Take up what the caller wants, with what was said along with it."""
        if name not in self.tools:
            return self._run(context, name, {})
        goal = GOALS[name]
        aside = goal.aside or goal.aside_with in got.slots
        paused = context.paused or (context.goal if context.goal != name else None) if aside else None
        context = context.without(*goal.anew) if paused else context.without(*MARKS, *goal.anew)
        context = msgspec.structs.replace(context, goal=name, paused=paused, question=None, failed=0, unclear=0)
        if goal.complaint:
            context = context.moved(MatterEvent.TAKEN)
        for told, slot in goal.takes.items():
            if value := got.slots.get(told):
                context = context.with_slot(slot, value, source, verified=source in SURE and slot in READ_BACK)
        if "house" in goal.takes and {"area", "house"} <= got.slots.keys():
            context = context.with_slot("no_consumer_number", "yes", source)  # where it is, is known without
        return self._next(context)

    # Yes and no, and numbers.

    def _yes_or_no(self, context: Context, question: str, got: Understanding, source: Source) -> Move:
        base = read_back_of(question)
        if base == "house":
            if told := _told_otherwise(context, got):
                return self._put_right(context, told, source)
            if got.answer is None and {"area", "house"} <= got.slots.keys():  # the same once more
                return self._agreed(context, question)
        if base == "name" and (move := self._name_again(context, question, got, source)) is not None:
            return move
        digits = got.slots.get("number", "") if base != "house" else ""
        if base is not None and len(digits) in QUESTIONS[base].expects.lengths and digits != context.value(base):
            own = context.value(base) == OWN_CONNECTION  # nothing was read back that could be wrong
            take = self._take_number if own else self._corrected
            return take(context, base, digits, source)
        if got.answer == "yes":
            return self._agreed(context, question)
        if base is not None and (number := put_right_by(context, base, got.text)):
            return self._corrected(context, base, number, source)
        if got.answer in {"no", "wrong"}:
            return self._disagreed(context, question)
        if goal := other_goal(context, got):
            return self._start(context, goal, got, source)
        return self._failed(context)

    def _put_right(self, context: Context, told: Mapping[str, str], source: Source) -> Move:
        """The place was said again, differently: it is read back as it is now, and that is another attempt."""
        for name, value in told.items():
            context = context.with_slot(name, value, source)
        if context.failed >= PERSON_AFTER:
            return self._way_out(context)
        if source not in SURE and context.failed + 1 >= PERSON_AFTER - 1 and "house" in told:  # no third time by voice
            return self._failed(msgspec.structs.replace(context.without("house"), question="house"))
        return self._ask(context, "confirm_place", failed=context.failed + 1)

    def _name_again(self, context: Context, question: str, got: Understanding, source: Source) -> Move | None:
        """A name was said to the read-back of one: the same, which alone agrees to it, or the next attempt."""
        name = known_name_in(got.text)
        if name is None:
            return None
        read = {*words_of(context.value("name") or "")}
        if not {*words_of(name)} <= read:
            if source not in SURE and context.failed + 1 >= PERSON_AFTER:
                return self._way_out(context.without("name"))
            context = msgspec.structs.replace(context, failed=context.failed + 1)
            return self._next(context.with_slot("name", name, source, verified=source in SURE))
        alone = got.answer is None and {*words_of(in_latin(got.text))} <= read
        return self._agreed(context, question) if alone else None

    def _corrected(self, context: Context, base: str, digits: str, source: Source) -> Move:
        """The number was said again, differently: the read-back was rejected, and this is the next attempt."""
        if source not in SURE and context.failed + 1 >= PERSON_AFTER - 1:  # no third time by voice
            return self._failed(msgspec.structs.replace(context.without(base), question=base))
        return self._take_number(msgspec.structs.replace(context, failed=context.failed + 1), base, digits, source)

    def _number(self, context: Context, question: str, got: Understanding, source: Source) -> Move:
        if (name := got.slots.get("name")) and "name" in _taken_by(context):
            context = context.with_slot("name", name, source, verified=source in SURE)
        if question == "house" and (move := self._house(context, got, source)) is not None:
            return move
        before = dictation(context, question)
        said = got.text
        if question == "house":  # an area has a number, too
            said = got.slots.get("house") or got.slots.get("number", "")
        now = before.told(said, "typed" if source == "typed" else "spoken")
        if now != before and now.progress is Progress.WHOLE:
            return self._dictated(context, question, before, now)
        few = not before.digits and len(now.digits) < HALF
        if few or PLACES & got.slots.keys():  # what counts, or a place's number
            now = before
        told = now != before
        if not told and (aside := other_goal(context, got)) in ASIDES:
            return self._start(context, aside, got, source)
        if got.answer == "unknown" or (got.answer == "no" and not told):
            return self._not_known(context, question)
        if goal := other_goal(context, got):
            return self._start(context, goal, got, source)
        if question == "consumer_number" and not told and "area" in got.slots:
            context = context.with_slot("no_consumer_number", "yes", source)
            return self._next(_with_place(context, got, source))
        again = question == "consumer_number" and context.failed > 0 and not told
        if again and got.answer is None and is_beside_a_number(got.text):
            return self._not_known(context, question)
        return self._dictated(context, question, before, now)

    def _house(self, context: Context, got: Understanding, source: Source) -> Move | None:
        """The house is asked for: one with a letter, or the area, put right or said once more; None for all else."""
        area, house = got.slots.get("area"), got.slots.get("house", "")
        if house and not house.isdigit():
            return self._next(_with_place(context, got, source))
        if area is None or other_goal(context, got) in ASIDES:
            return None
        if area != context.value("area"):
            context = _with_place(context, got, source)
            return self._next(context) if house else self._failed(context)
        return None if house else self._failed(context)

    def _dictated(self, context: Context, question: str, before: Dictation, now: Dictation) -> Move:
        """A piece of a number has come, or none."""
        if now == before:
            return self._failed(context.without(*PIECES))
        if now.progress is Progress.WHOLE:
            return self._take_number(context.without(*PIECES), question, now.digits, source_of(now))
        if now.progress is Progress.HALF and len(now.digits) >= HALF:
            return self._say(kept(context, now), Line("go_on", {"digits": now.digits}))
        return self._failed(context.without(*PIECES))

    def _take_number(self, context: Context, question: str, digits: str, source: Source) -> Move:
        slot = QUESTIONS[question].slot or question
        context = context.with_slot(slot, digits, source, verified=source in SURE)
        return self._next(msgspec.structs.replace(context, unclear=0))

    def _not_known(self, context: Context, question: str) -> Move:
        """The caller does not have the number: go another way."""
        context = context.without(*PIECES)
        if question == "consumer_number":
            return self._next(context.with_slot("no_consumer_number", "yes", "spoken"))
        return self._way_out(context)

    # Places, names, words.

    def _place(self, context: Context, question: str, got: Understanding, source: Source) -> Move:
        slot = QUESTIONS[question].slot or question
        if (which := context.value("which_side")) is not None:
            context = context.without("which_side")
            if side := got.slots.get("side"):  # the answer to where it is: now its name is whole
                got = self._understanding(context, f"{which}, {side}")
        if (family := context.value("family")) is not None:
            context = context.without("family")
            if "area" not in got.slots:  # only its number was said: now its name is whole
                got = self._understanding(context, f"{family} {got.text}")
        if outside := got.slots.get("outside"):
            return self._failed(context, (Line("outside_area", {"place": outside}),))
        if ambiguous := got.slots.get("ambiguous"):
            if context.goal == "hazard" and which is not None:  # those who go there know more with it than without
                return self._next(context.with_slot(slot, got.text.strip()[:MOST_WORDS], source))
            context = context.with_slot("which_side", ambiguous, source)
            return self._failed(context, instead=Line("which_side", {"place": ambiguous}))
        if family := got.slots.get("family"):
            context = context.with_slot("family", family, source)
            return self._failed(context, instead=Line("which_number", {"place": family}))
        if area := got.slots.get("area"):
            context = context.with_slot(slot, area, source)
            return self._next(_with_place(context, got, source) if slot == "area" else context)
        if context.goal != "hazard" and (goal := other_goal(context, got)):
            return self._start(context, goal, got, source)
        if QUESTIONS[question].in_words and context.failed and got.text.strip():
            return self._next(context.with_slot(slot, got.text.strip()[:MOST_WORDS], source))
        return self._failed(context)

    def _name(self, context: Context, got: Understanding, source: Source) -> Move:
        """The name that is compared by the records; who does not say it hears what can be told without."""
        number, name = got.slots.get("consumer_number"), name_answered(got.text)
        if number and number != context.value("consumer_number"):  # another connection is meant
            context = context.with_slot("consumer_number", number, source, verified=source in SURE)
            context = context.with_slot("name", name, source, verified=source in SURE) if name else context
            return self._next(msgspec.structs.replace(context, failed=0))
        if not name:
            if got.answer in {"no", "unknown"} and REFUSALS & {*folded(got.text.replace("'", ""))}:
                return self._take(no_name(context))
            if goal := other_goal(context, got):
                return self._start(context, goal, got, source)
            name = " ".join(words_of(in_latin(got.text))).title()
        if not 0 < len(name.split()) <= LONGEST_NAME:
            return self._failed(context)
        return self._next(context.with_slot("name", name, source, verified=source in SURE))

    def _free_words(self, context: Context, question: str, got: Understanding, source: Source) -> Move:
        """Whatever was said, as it was said; "I do not know" is nothing."""
        slot = QUESTIONS[question].slot or question
        text = "" if got.answer == "unknown" else got.text.strip()[:MOST_WORDS]
        return self._next(context.with_slot(slot, text, source))

    def _window(self, context: Context, got: Understanding, source: Source) -> Move:
        if window := got.slots.get("window"):
            return self._next(context.with_slot("window", window, source))
        if goal := other_goal(context, got):
            return self._start(context, goal, got, source)
        return self._failed(context)


def _with_place(context: Context, got: Understanding, source: Source) -> Context:
    """The area that was named, and the house, where it was told with it."""
    for name in ("area", "house"):
        if value := got.slots.get(name):
            context = context.with_slot(name, value, source)
    return context


def _taken_by(context: Context) -> Mapping[str, str]:
    """What the goal takes from words that tell it unasked."""
    goal = GOALS.get(context.goal or "")
    return {} if goal is None else goal.takes


def _told_otherwise(context: Context, got: Understanding) -> dict[str, str]:
    """What the caller says of the place that was read back, as far as it is another; of its house and its area."""
    slots = got.slots
    number = slots.get("number", "")
    if len(number) == 1 and got.answer == "yes":  # "that is the one"
        number = ""
    house = put_right_by(context, "house", got.text) or slots.get("house") or number
    longest = expectation_of("house").lengths[-1] if house.isdigit() else LONGEST_HOUSE
    told = {"house": house if len(house) <= longest else ""}
    area = slots.get("area", "")
    if got.answer != "yes" or any(map(str.isdigit, area)):  # a yes in many words may sound like a village
        told["area"] = area
    return {name: value for name, value in told.items() if value and value != context.value(name)}


def other_goal(context: Context, got: Understanding) -> str | None:
    """What the caller surely wants instead of answering the question; a mere likeness changes nothing."""
    other = got.intent in BY_WORDS and got.intent != context.goal
    return got.intent if other and got.confidence >= SURE_ENOUGH else None
