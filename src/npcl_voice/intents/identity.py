"""Rights: whose account it is, and whether the caller is who it belongs to, whatever a model was talked into.

The account is that of a number which the caller confirmed, or of the line's own number. The name must have
been said by the caller on this call, in the caller's own words; the records compare it, and nobody reads it out.
"""

from collections.abc import Iterable

from npcl_voice.domain.accounts import Account
from npcl_voice.domain.consumers import OWN_CONNECTION, Consumer, is_consumer_number
from npcl_voice.domain.names import same_word, words_of
from npcl_voice.intents.request import Result
from npcl_voice.intents.unknown import unknown_consumer
from npcl_voice.meaning.names import in_latin
from npcl_voice.ports import Desk, Situation

__all__ = ["confirmed_consumer", "own_connection", "said_by_caller", "verified_account"]


async def own_connection(desk: Desk, situation: Situation) -> str | None:
    """The consumer number registered with the line's number, where there is exactly one."""
    if situation.caller_number is None:
        return None
    known = await desk.accounts_of(situation.caller_number)
    return known[0] if len(known) == 1 else None


async def confirmed_consumer(desk: Desk, situation: Situation) -> Consumer | None:
    """The consumer of the number that the caller confirmed, if it is on record."""
    number = situation.facts.get("consumer_number")
    if number == OWN_CONNECTION:
        number = await own_connection(desk, situation)
    return await desk.consumer(number) if number is not None and is_consumer_number(number) else None


async def verified_account(name: str | None, desk: Desk, situation: Situation) -> Account | Result:
    """The account of a caller who said its name; else what is missing, in words that let the model ask."""
    number = await _account_number(desk, situation)
    if isinstance(number, dict):
        return number
    if await desk.verified(situation.call_id) != number:
        if name is None or not said_by_caller(name, situation.heard):
            return _missing("name")
        verdict = await desk.verify(situation.call_id, number, name)
        if verdict == "unknown_account":
            return {"ok": False, "reason": "unknown_consumer"}
        if verdict != "verified":
            return {"ok": False, "reason": verdict}
    account = await desk.account(number)
    return {"ok": False, "reason": "unknown_consumer"} if account is None else account


def said_by_caller(name: str, heard: Iterable[str]) -> bool:
    """Whether each word of a name is among the words that the caller said on this call, in either script."""
    said = {word for text in heard for word in words_of(in_latin(text))}
    wanted = words_of(in_latin(name))
    return bool(wanted) and all(any(same_word(word, one) for one in said) for word in wanted)


async def _account_number(desk: Desk, situation: Situation) -> str | Result:
    """The confirmed consumer number, else the line's own, else that of the confirmed registered mobile number."""
    told = situation.facts.get("consumer_number")
    if told is not None and told != OWN_CONNECTION:
        known = is_consumer_number(told) and await desk.consumer(told) is not None
        return told if known else await unknown_consumer(told, desk, situation)
    if (own := await own_connection(desk, situation)) is not None:
        return own
    phone = situation.facts.get("registered_phone")
    if phone is None:
        return _missing("account")
    accounts = await desk.accounts_of(phone)
    if not accounts:
        return {"ok": False, "reason": "unknown_phone"}
    return accounts[0] if len(accounts) == 1 else _missing("account")


def _missing(what: str) -> Result:
    return {"ok": False, "reason": "not_verified", "need": what}
