"""Clients with one mistake each, to see whether the judge notices."""

from collections.abc import Callable
from typing import Any

import msgspec

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.answers import Answers, Step
from npcl_voice.realtime.calls import Calls
from npcl_voice.realtime.client import ClientSession
from npcl_voice.realtime.faults import Action
from npcl_voice.realtime.items import FunctionCall, FunctionCallOutput

__all__ = ["BUGS"]


class AsksWhileAnAnswerIsUnderWay(Answers):
    def resume(self) -> list[e.ClientEvent]:
        active, self._active = self._active, {}
        found = super().resume()
        self._active = active
        return found


class AsksTwiceAtOnce(Answers):
    def resume(self) -> list[e.ClientEvent]:
        asked, self._asked = self._asked, None
        found = super().resume()
        self._asked = self._asked or asked
        return found


class AsksAgainAtOnceWhenItCameSecond(Answers):
    def refused(self, error: e.ErrorDetail) -> Step:
        happened, to_send = super().refused(error)
        active, self._active, self._unseen = self._active, {}, None
        to_send = [*to_send, *self.resume()]
        self._active = active
        return happened, to_send


class ForgetsWhatCameSecond(Answers):
    def _came_second(self, event_id: str | None) -> None:
        super()._came_second(event_id)
        self._wanted = []


class IsNeverReleasedByARefusal(Answers):
    def refused(self, error: e.ErrorDetail) -> Step:
        return super().refused(error) if error.code == "response_cancel_not_active" else ([], [])


class NeedsABeginning(Answers):
    def done(self, response: Any) -> Step:
        return super().done(response) if response.id in self._active else ([], [])


class LetsLateSoundThrough(Answers):
    def _dropped(self, response_id: str) -> bool:
        return False


class SwallowsSound(Answers):
    def audio(self, event: e.ResponseOutputAudioDelta) -> list[h.Happening]:
        return [] if event.content_index else super().audio(event)


class EndsAMessageTwice(Answers):
    def item_done(self, response_id: str, item: Any) -> Step:
        self._ended.take(item.id or "")
        return super().item_done(response_id, item)


class WaitsForNoTool(Answers):
    def resume(self) -> list[e.ClientEvent]:
        calls, self._calls = self._calls, Calls(self._next_id)
        found = super().resume()
        self._calls = calls
        return found


class CancelsAgainAndAgain(Answers):
    def cancel(self) -> list[e.ClientEvent]:
        for answer in self._active.values():
            answer.cancel_id = None
        return super().cancel()


class CountsSoundAfterACut(Answers):
    def received_bytes(self, item_id: str) -> int:
        return self._bytes.get(item_id) or 0


class RunsAToolTwice(Calls):
    def called(self, response_id: str, call: FunctionCall, good: bool) -> Step:
        self._seen.take(call.call_id or "")
        return super().called(response_id, call, good)


class RunsWhatIsNotWhole(Calls):
    def called(self, response_id: str, call: FunctionCall, good: bool) -> Step:
        return super().called(response_id, msgspec.structs.replace(call, status="completed"), True)


class SendsLoneOutputs(Calls):
    def output(self, call_id: str, output: str) -> list[e.ClientEvent]:
        self._open.put(call_id, "")
        return super().output(call_id, output)


class LosesOutputs(Calls):
    def output(self, call_id: str, output: str) -> list[e.ClientEvent]:
        return [] if len(call_id) > 32 else super().output(call_id, output)


class ReplaysUnderLongIds(Calls):
    def _put_in(self, call_id: str, call: FunctionCall) -> list[e.ClientEvent]:
        (event,) = super()._put_in(call_id, call)
        assert isinstance(event, e.ConversationItemCreate)
        self._renamed.take(call_id)
        return [msgspec.structs.replace(event, item=msgspec.structs.replace(event.item, call_id=call_id))]


class CutsBeyondWhatItHas(ClientSession):
    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> list[e.ClientEvent]:
        found = super().truncate(item_id, content_index, audio_end_ms)
        return [msgspec.structs.replace(event, audio_end_ms=max(0, audio_end_ms)) for event in found]


class CutsBelowZero(ClientSession):
    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> list[e.ClientEvent]:
        found = super().truncate(item_id, content_index, audio_end_ms)
        return [msgspec.structs.replace(event, audio_end_ms=min(audio_end_ms, event.audio_end_ms)) for event in found]


class CutsWhatHasNoSound(ClientSession):
    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> list[e.ClientEvent]:
        found = super().truncate(item_id, content_index, audio_end_ms)
        return found or [e.ConversationItemTruncate(item_id, 0, 0, event_id=self._next_id())]


class SendsTheVoiceAgain(ClientSession):
    def configure(self, session: Any) -> list[e.ClientEvent]:
        self._voice_fixed = False
        return super().configure(session)


class LeavesOutTheType(ClientSession):
    def configure(self, session: Any) -> list[e.ClientEvent]:
        body = msgspec.to_builtins(session)
        del body["type"]
        return [e.RawEvent("session.update", {"session": body, "event_id": self._next_id()})]


class LeavesOutEmptyLists(ClientSession):
    def configure(self, session: Any) -> list[e.ClientEvent]:
        kept = session if session.tools else msgspec.structs.replace(session, tools=msgspec.UNSET)
        return super().configure(kept)


class LeavesOutIds(ClientSession):
    def commit(self) -> list[e.ClientEvent]:
        return [e.InputAudioBufferCommit()]


class HasLongIds(ClientSession):
    def _next_id(self, kind: str = "event") -> str:
        return super()._next_id(kind).ljust(33, "_")


class HearsATurnTwice(ClientSession):
    def _transcribed(self, event: Any) -> list[h.Happening]:
        self._heard.take(event.item_id)
        return super()._transcribed(event)


class BelievesSilence(ClientSession):
    def _transcribed(self, event: Any) -> list[h.Happening]:
        self._silent.take(event.item_id)
        return super()._transcribed(event)


class DiesOfAnyError(ClientSession):
    def _refused(self, error: e.ErrorDetail) -> Step:
        happened, to_send = super()._refused(error)
        return [
            msgspec.structs.replace(told, action=Action.FAIL_OVER) if isinstance(told, h.Fault) else told
            for told in happened
        ], to_send


class OrdersByArrival(ClientSession):
    def order(self) -> list[str]:
        return sorted(super().order())


class PutsAnOutputFirst(ClientSession):
    def function_call(self, call_id: str, name: str, arguments: str) -> list[e.ClientEvent]:
        early = FunctionCallOutput(call_id[:32], "{}", id=self._next_id("item"))
        return [
            e.ConversationItemCreate(early, event_id=self._next_id()),
            *super().function_call(call_id, name, arguments),
        ]


def _with(bug: type[Any]) -> Callable[[str], ClientSession]:
    """A client with the mistake in it, or in one of its parts."""

    def make(name: str) -> ClientSession:
        if issubclass(bug, ClientSession):
            return bug(name)
        client = ClientSession(name)
        if issubclass(bug, Calls):
            client._calls = bug(client._next_id)
            client._answers = Answers(client._next_id, client._calls)
        else:
            client._answers = bug(client._next_id, client._calls)
        return client

    return make


BUGS = {
    bug.__name__: (_with(bug), rule)
    for bug, rule in (
        (AsksWhileAnAnswerIsUnderWay, "8.1"),
        (AsksTwiceAtOnce, "8.1"),
        (AsksAgainAtOnceWhenItCameSecond, "8.1"),
        (CutsBeyondWhatItHas, "8.2"),
        (CutsBelowZero, "8.2"),
        (CutsWhatHasNoSound, "8.2"),
        (CountsSoundAfterACut, "8.2"),
        (LetsLateSoundThrough, "8.4"),
        (IsNeverReleasedByARefusal, "8.6"),
        (NeedsABeginning, "8.6"),
        (RunsAToolTwice, "8.7"),
        (RunsWhatIsNotWhole, "8.7"),
        (WaitsForNoTool, "8.8"),
        (SendsLoneOutputs, "8.9"),
        (PutsAnOutputFirst, "8.9"),
        (LosesOutputs, "8.9"),
        (SendsTheVoiceAgain, "8.10"),
        (OrdersByArrival, "8.11"),
        (HearsATurnTwice, "8.12"),
        (BelievesSilence, "8.12"),
        (DiesOfAnyError, "8.14"),
        (SwallowsSound, "8.15"),
        (ForgetsWhatCameSecond, "8.17"),
        (LeavesOutEmptyLists, "8.19"),
        (EndsAMessageTwice, "8.20"),
        (LeavesOutIds, "9.5"),
        (LeavesOutTheType, "9.6"),
        (HasLongIds, "9.14"),
        (ReplaysUnderLongIds, "9.14"),
        (CancelsAgainAndAgain, "9.17"),
    )
}
"""By its name: how to make such a client, and the rule that it breaks."""
