"""The record of one session, laid out for those who judge it.

A place is an entry's number in the record. What only the server can know (which response a
`response.create` led to, what an error without a name was about) is taken from the server.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from tests.realtime.talking import Came, Did, Sent, Talk, Told

__all__ = ["Evidence"]

NEVER = 10**9
"""Later than every place."""

OF_AN_ANSWER = (
    e.ResponseOutputItemDone,
    e.ResponseOutputAudioDelta,
    e.ResponseOutputAudioTranscriptDelta,
    e.ResponseOutputAudioTranscriptDone,
    e.ResponseOutputTextDelta,
    e.ResponseOutputTextDone,
)
"""Events that show that a response is under way, even where its beginning was not told."""


class Evidence:
    """What happened when, and what of it belongs together."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.server = talk.server
        self._by_type: dict[Any, list[tuple[int, Any]]] = defaultdict(list)
        for at, entry in enumerate(talk.record):
            match entry:
                case Did():
                    self._by_type[entry.name].append((at, entry.value))
                case Came(event=thing) | Sent(event=thing) | Told(happening=thing):
                    self._by_type[type(thing)].append((at, thing))

    def all(self, *kinds: Any) -> list[tuple[int, Any]]:
        """All events, happenings or wishes of some kinds with their places."""
        found = [pair for kind in kinds for pair in self._by_type.get(kind, ())]
        return sorted(found, key=lambda pair: pair[0]) if len(kinds) > 1 else found

    def sent(self) -> Iterator[tuple[int, Sent]]:
        """All that the client sent."""
        return ((at, entry) for at, entry in enumerate(self.talk.record) if isinstance(entry, Sent))

    def told_of(self, at: int) -> list[h.Happening]:
        """What the client made of the event at a place."""
        found = []
        for entry in self.talk.record[at + 1 :]:
            if not isinstance(entry, Told):
                break
            found.append(entry.happening)
        return found

    def cause(self, error: e.ErrorEvent) -> str | None:
        """The event that an error is about, named or not."""
        return self.server.cause.get(error.event_id or "")

    @cached_property
    def settled(self) -> bool:
        """Whether the session came to rest by itself."""
        return self.talk.at_rest

    @cached_property
    def errors(self) -> list[tuple[int, e.ErrorEvent, str | None]]:
        """All errors, and what they are about."""
        return [(at, error, self.cause(error)) for at, error in self.all(e.ErrorEvent)]

    @cached_property
    def done_at(self) -> dict[str, int]:
        """By response, where its end was told first."""
        return _firsts((event.response.id, at) for at, event in self.all(e.ResponseDone))

    @cached_property
    def seen_at(self) -> dict[str, int]:
        """By response, where the first of it was told."""
        begun = [(event.response.id, at) for at, event in self.all(e.ResponseCreated, e.ResponseDone)]
        shown = [(event.response_id, at) for at, event in self.all(*OF_AN_ANSWER)]
        return _firsts(sorted(begun + shown, key=lambda pair: pair[1]))

    @cached_property
    def statuses(self) -> dict[str, str]:
        """By response, how it ended."""
        return {event.response.id: event.response.status or "" for _, event in reversed(self.all(e.ResponseDone))}

    @cached_property
    def refused_at(self) -> dict[str, int]:
        """By event of the client, where its refusal was told."""
        return _firsts((cause, at) for at, _, cause in self.errors if cause)

    @cached_property
    def begun_by(self) -> dict[str, str]:
        """By `response.create`, its response."""
        return {create: response for response, create in self.server.asked_by.items() if create}

    @cached_property
    def met(self) -> dict[str, str]:
        """By `response.create` that came second, the response that was under way."""
        found = self.server.in_the_way
        return {
            cause: found[error.event_id or ""] for _, error, cause in self.errors if cause and error.event_id in found
        }

    @cached_property
    def ambiguous(self) -> bool:
        """Whether the client may have taken an answer of the server's own for one that it had cancelled."""
        return self.server.creates and any(event.response_id is None for _, event in self.all(e.ResponseCancel))

    @cached_property
    def cancelled_at(self) -> dict[str, int]:
        """By response, where the client cancelled it, also before it had heard of it."""
        found: dict[str, int] = {}
        for at, event in self.all(e.ResponseCancel):
            if event.response_id:
                found.setdefault(event.response_id, at)
                continue
            if self.server.creates:
                continue  # the answer that it hit cannot be told from one that the server began by itself
            for create_at, create in self.all(e.ResponseCreate):
                response = self.begun_by.get(create.event_id) or self.met.get(create.event_id) or ""
                if create_at < at < self.seen_at.get(response, NEVER):
                    found.setdefault(response, at)
        return found

    @cached_property
    def given_up_at(self) -> dict[str, int]:
        """By response, where the server said that there is nothing to be cancelled."""
        return {
            event.response_id: self.refused_at[event.event_id]
            for _, event in self.all(e.ResponseCancel)
            if event.response_id and event.event_id in self.refused_at
        }

    @cached_property
    def over_at(self) -> dict[str, int]:
        """By response, from where nothing more of it counts."""
        return _firsts(
            sorted(
                [*self.done_at.items(), *self.given_up_at.items(), *self.cancelled_at.items()], key=lambda pair: pair[1]
            )
        )

    @cached_property
    def answered_at(self) -> dict[str, int]:
        """By tool call, where its output was sent, it was given up, or its item had left the conversation."""
        items = {happening.item_id: happening.call_id for _, happening in self.all(h.ToolCalled)}
        gone = [(items.get(event.item_id, ""), at) for at, event in self.all(e.ConversationItemDeleted)]
        gone += [(items.get(item_id, ""), at) for at, item_id in self.all("delete")]
        outputs = [(item.call_id, at) for at, item in self.put_in("function_call_output")]
        return _firsts(sorted(gone + outputs, key=lambda pair: pair[1]))

    def put_in(self, kind: str) -> list[tuple[int, Any]]:
        """The items of a kind that the client put in."""
        created = self.all(e.ConversationItemCreate)
        return [(at, event.item) for at, event in created if event.item.__struct_config__.tag == kind]

    @cached_property
    def heard(self) -> dict[str, list[tuple[int, int]]]:
        """By item, the bytes of sound that were told, and where."""
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for at, event in self.all(e.ResponseOutputAudioDelta):
            found[event.item_id].append((at, len(event.delta)))
        return found


def _firsts(pairs: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, at in pairs:
        found.setdefault(key, at)
    return found
