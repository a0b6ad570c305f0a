"""A person: the matter is handed over in writing, and a callback booked; nobody can be put through from here yet."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.conversation.briefing import LAST_WORDS, TOLD
from npcl_voice.domain.complaints import Callback
from npcl_voice.domain.consumers import OWN_CONNECTION
from npcl_voice.domain.handover import Fact, Packet
from npcl_voice.intents.callback import book
from npcl_voice.intents.identity import own_connection
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["AGENT"]

SOURCES = {
    "spoken": "caller, confirmed",
    "typed": "caller, typed",
    "keyed": "caller, keyed",
    "line": "calling number",
    "tool": "record",
}
"""Who says so, in words for the person."""


class Agent(Struct, frozen=True, forbid_unknown_fields=True):
    """The caller wants a person: hand the matter over, and book a callback to the caller's confirmed phone number."""

    reason: Annotated[str, Meta(max_length=MAX_TEXT)] | None = None


async def serve(request: Agent, desk: Desk, situation: Situation) -> Result:
    """Book the callback once a call, to the number the caller confirmed or calls from, and write the packet."""
    reason = request.reason or "asked"
    booked = await book(desk, situation, reason=reason)
    if not isinstance(booked, Callback):
        return booked
    handover = await desk.hand_over(
        Packet(
            idempotency_key=f"{situation.call_id}:handover:{booked.number}",
            call_id=situation.call_id,
            reason=reason,
            summary=situation.summary,
            facts=await _facts(desk, situation),
            last_words=situation.heard[-LAST_WORDS:],
            hazard=situation.hazard,
            language=situation.language,
            caller_number=booked.number,
            outcome="callback",
        )
    )
    return {
        "ok": True,
        "window": booked.window,
        "wait_min": handover.wait_min,
        "away": handover.target is not None and not handover.open,
    }


async def _facts(desk: Desk, situation: Situation) -> tuple[Fact, ...]:
    """What is known for sure, and who says so."""
    facts = []
    for name in TOLD:
        value = situation.facts.get(name)
        if value == OWN_CONNECTION:
            value = await own_connection(desk, situation)
        if value:
            facts.append(Fact(name, value, SOURCES.get(situation.sources.get(name, ""), "caller, confirmed")))
    verified = await desk.verified(situation.call_id)
    if verified is not None:
        facts.append(Fact("verified_consumer", verified, "record, by the name that the caller said"))
    return tuple(facts)


AGENT = Intent("agent", Agent, serve)
