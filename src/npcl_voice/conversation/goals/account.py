"""Whose account it is, before anything of one is told: the account first, then the name, which the records compare.

The account is that of the line, of a confirmed consumer number, or of a confirmed registered mobile
number. The name is what the caller says. A spoken one is read back as it was heard, so that no mishearing
counts as a wrong name; what the records hold is never said here.
"""

import msgspec

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Fail, Look, Over, Result, Run, Step
from npcl_voice.conversation.goals.nearest import offered
from npcl_voice.domain.consumers import OWN_CONNECTION

__all__ = ["ANEW", "next_step", "no_name", "refused"]

ANEW = ("name", "name_missed")
"""A name is one account's: with the next question it is said again, unless the records remember the caller."""


def next_step(context: Context, tool: str) -> Step:
    """The tool, which says what it still needs; numbers that were told are read back first."""
    if context.value("consumer_number") is not None and context.confirmed("consumer_number") is None:
        return Ask(context, "confirm_consumer_number", failed=context.failed)
    if context.value("phone") is not None and context.confirmed("phone") is None:
        return Ask(context, "confirm_phone", failed=context.failed)
    if (phone := context.confirmed("phone")) is not None and context.value("consumer_number") is None:
        # It says whose connection it is; whom to call back is another question.
        source = context.slots["phone"].source
        context = context.without("phone").with_slot("registered_phone", phone, source, verified=True)
    if context.value("name") is not None and context.confirmed("name") is None:
        return Ask(context, "confirm_name", failed=context.failed)
    arguments = {}
    if number := context.confirmed("consumer_number"):
        arguments["consumer_number"] = number
    if name := context.value("name"):
        arguments["name"] = name
    if arguments or context.value("registered_phone") is not None:
        return Run(context, tool, arguments)
    return Look(context, tool, arguments, _account_wanted(context))


def _account_wanted(context: Context) -> Ask:
    """The consumer number, else the mobile number that the connection is registered with."""
    question = "consumer_number" if context.value("no_consumer_number") is None else "phone"
    lines = (Line("identify_first"),) if context.value("identified_first") is None else ()
    return Ask(context.with_slot("identified_first", "yes", "tool"), question, lines, context.failed)


def refused(context: Context, result: Result) -> Step | None:
    """What is missing; a name that does not fit; an account that is closed to this call."""
    match result.get("reason"):
        case "not_verified" if result.get("need") == "account":
            return _account_wanted(context)
        case "not_verified" if context.value("name") is not None:  # no name was in it
            return Fail(context.without("name"), "name")
        case "not_verified":
            return Ask(context, "name")
        case "no_match":
            return _no_match(context.without("name"))
        case "locked":
            return Over(context.without("name"), (Line("account_locked"),))
        case "unknown_consumer":
            return _unknown_consumer(context, result)
        case "unknown_phone":
            context, line = context.without("registered_phone"), Line("unknown_phone")
            if context.value("no_consumer_number") is None:
                return Ask(context, "consumer_number", (line,))
            return Fail(context, "phone", (line,))
    return None


def _no_match(context: Context) -> Step:
    """The name once more; then whose connection it is, where the line alone told: it may be about another's."""
    told = context.value("consumer_number") or context.value("registered_phone")
    missed = context.value("name_missed") is not None
    context = context.with_slot("name_missed", "yes", "tool")
    if told is None and missed and context.value("no_consumer_number") is None:
        return msgspec.structs.replace(_account_wanted(context), lines=(Line("name_no_match"),), failed=0)
    return Fail(context, "name", (Line("name_no_match"),))


def _unknown_consumer(context: Context, result: Result) -> Step:
    number = context.value("consumer_number") or ""
    context = context.without("consumer_number")
    if number == OWN_CONNECTION:  # it was there a moment ago
        return Ask(context, "consumer_number")
    line = Line("unknown_consumer", {"consumer_number": number})
    return offered(context, result, "consumer_number", line) or Fail(context, "consumer_number", (line,))


def no_name(context: Context) -> Step:
    """The caller does not say the name: what can be told without it."""
    return Over(context.without("name"), (Line("without_name"),))
