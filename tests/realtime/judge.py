"""The judge: what a client of a Realtime server must keep to, rule by rule.

The first table has one row for each known pitfall of the protocol, the second one for each duty of a
server, seen from the client where it binds the client as well. A row that does not bind the client
says where it is kept instead. A check yields what is wrong in a session's record.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec
from msgspec import UNSET

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.faults import Action
from npcl_voice.realtime.items import FunctionCall, Message
from npcl_voice.realtime.rules import MAX_APPEND_BYTES, MAX_ID
from tests.realtime.evidence import NEVER, Evidence
from tests.realtime.stranger import MS
from tests.realtime.talking import Sent

__all__ = ["DUTIES", "PITFALLS", "RULES", "Rule", "judge"]

Check = Callable[[Evidence], Iterator[str]]


class Rule(NamedTuple):
    """One thing that is asked of a client."""

    number: str
    line: str
    check: Check | None = None
    kept: str = "client"
    """Who keeps it: the client, or the test of the part that does."""


def one_answer_at_a_time(run: Evidence) -> Iterator[str]:
    creates = run.all(e.ResponseCreate)
    cancels = [(at, run.refused_at.get(event.event_id, NEVER)) for at, event in run.all(e.ResponseCancel)]
    # Where the server answers by itself as well, an error without a name may be about any of them.
    nameless = [at for at, error, cause in run.errors if cause and not error.error.event_id]
    unclear = nameless if run.server.creates else []
    for at, create in creates:
        for before, other in creates:
            answered = any(before < seen < at for seen in [*run.seen_at.values(), *unclear])
            refused = run.refused_at.get(other.event_id, NEVER) < at
            dropped = any(before < sent and gone < at for sent, gone in cancels)
            if before < at and not answered and not refused and not dropped:
                yield f"{create.event_id} while {other.event_id} is not answered"
        for response, seen in run.seen_at.items():
            if seen < at < min(run.done_at.get(response, NEVER), run.given_up_at.get(response, NEVER)):
                yield f"{create.event_id} while {response} is under way"
        for told, error, _ in run.errors:
            response = run.server.in_the_way.get(error.event_id or "")
            there = told < at < run.done_at.get(response or "", NEVER)
            if response and there and not any(told < sent and gone < at for sent, gone in cancels):
                yield f"{create.event_id} though {response} was in the way"


def cuts_fit(run: Evidence) -> Iterator[str]:
    left: dict[str, float] = {}
    for at, cut in run.all(e.ConversationItemTruncate):
        received = sum(length for told, length in run.heard.get(cut.item_id, ()) if told < at) // MS
        if not received:
            yield f"{cut.item_id} is cut and has no sound"
        elif not 0 <= cut.audio_end_ms <= min(received, left.get(cut.item_id, received)):
            yield f"{cut.item_id} is cut at {cut.audio_end_ms} of {received} ms"
        left[cut.item_id] = cut.audio_end_ms


def detection_is_whole(run: Evidence) -> Iterator[str]:
    for _, sent in run.sent():
        detection = sent.body.get("session", {}).get("audio", {}).get("input", {}).get("turn_detection")
        if detection and (detection.get("create_response"), detection.get("interrupt_response")) != (False, False):
            yield f"{sent.event.event_id} leaves the turns to the server"
        if detection and not {"silence_duration_ms", "threshold", "prefix_padding_ms"} <= detection.keys():
            yield f"{sent.event.event_id} sends a part of the turn detection"


def nothing_after_the_end(run: Evidence) -> Iterator[str]:
    for at, told in run.all(h.AssistantAudio, h.AssistantText, h.MessageEnded):
        if at > run.over_at.get(told.response_id, NEVER):
            yield f"{type(told).__name__} of {told.response_id}, which is over"


def expiry_is_told(run: Evidence) -> Iterator[str]:
    for at, error, _ in run.errors:
        if error.error.code == "session_expired" and Action.RETRY not in _actions(run, at):
            yield "an expired session is not told as one to be replaced"


def every_wait_ends(run: Evidence) -> Iterator[str]:
    if run.settled and run.talk.client.responding:
        yield "an answer is awaited though the server is at rest"
    for at, event in run.all(e.ResponseDone):
        response = event.response.id
        if run.done_at[response] == at < run.given_up_at.get(response, NEVER) and not [
            told for told in run.told_of(at) if isinstance(told, h.ResponseEnded) and told.response_id == response
        ]:
            yield f"the end of {response} is not told"
    for at, error, cause in run.errors:
        create = any(event.event_id == cause for _, event in run.all(e.ResponseCreate))
        named = error.error.event_id or error.error.code == "bad_response_create"
        meant = create and named and error.error.code != "conversation_already_has_active_response"
        if meant and not run.server.creates and not any(isinstance(told, h.ResponseEnded) for told in run.told_of(at)):
            yield f"the refusal of {cause} is not told"


def a_tool_is_run_once(run: Evidence) -> Iterator[str]:
    told_items = [(event.response_id, event.item) for _, event in run.all(e.ResponseOutputItemDone)]
    told_items += [(event.response.id, item) for _, event in run.all(e.ResponseDone) for item in event.response.output]
    whole = {
        item.call_id: response
        for response, item in told_items
        if isinstance(item, FunctionCall) and item.status == "completed"
    }
    runs = Counter(told.call_id for _, told in run.all(h.ToolCalled))
    for call_id, times in runs.items():
        if times > 1:
            yield f"{call_id} is run {times} times"
        if call_id not in whole:
            yield f"{call_id} is run and is not whole"
    for at, told in run.all(h.ToolCalled):
        if at > run.cancelled_at.get(told.response_id, NEVER):
            yield f"{told.call_id} is run though {told.response_id} was cancelled"
        done = run.done_at.get(told.response_id, NEVER)
        if at > done and run.statuses[told.response_id] != "completed":
            yield f"{told.call_id} is run after {told.response_id} failed"
    gone = {item_id for _, item_id in run.all("delete")}
    left = {item.call_id for _, item in told_items if isinstance(item, FunctionCall) and item.id not in gone}
    for call_id, response in whole.items():
        good = run.statuses.get(response) == "completed" and response not in run.cancelled_at
        if good and call_id in left - runs.keys() and not run.ambiguous:
            yield f"{call_id} is never run"


def outputs_come_first(run: Evidence) -> Iterator[str]:
    for at, create in run.all(e.ResponseCreate):
        for told_at, told in run.all(h.ToolCalled):
            done = run.done_at.get(told.response_id, NEVER)
            good = run.statuses.get(told.response_id) == "completed"
            awaited = told_at < at and done < at and done < run.cancelled_at.get(told.response_id, NEVER) and good
            if awaited and not run.ambiguous and run.answered_at.get(told.call_id, NEVER) > at:
                yield f"{create.event_id} before the output of {told.call_id}"


def outputs_have_calls(run: Evidence) -> Iterator[str]:
    known = [(at, told.call_id, told.item_id) for at, told in run.all(h.ToolCalled)]
    known += [(at, item.call_id, item.id) for at, item in run.put_in("function_call")]
    deleted = {event.item_id: at for at, event in run.all(e.ConversationItemDeleted)}
    seen: set[str] = set()
    for at, item in run.put_in("function_call_output"):
        calls = [item_id for told, call_id, item_id in known if call_id == item.call_id and told < at]
        if not calls:
            yield f"an output of {item.call_id}, which is not known"
        elif all(deleted.get(item_id, NEVER) < at for item_id in calls):
            yield f"an output of {item.call_id}, which was taken out"
        if item.call_id in seen:
            yield f"two outputs of {item.call_id}"
        seen.add(item.call_id)
    for at, call_id in run.all("output"):
        told = any(call == call_id and told < at for told, call, _ in known) or ("replay", call_id) in [
            (entry.name, entry.value) for entry in run.talk.record[max(0, at - 2) : at] if hasattr(entry, "name")
        ]
        due = told and run.answered_at.get(call_id, NEVER) > at
        if due and not _sends(run, at, "conversation.item.create"):
            yield f"the output of {call_id} is not sent"


def settings_are_taken(run: Evidence) -> Iterator[str]:
    voiced = min((at for at, _ in run.all(e.ResponseOutputAudioDelta)), default=NEVER)
    for at, update in run.all(e.SessionUpdate):
        if at > voiced and _voice(update) is not UNSET:
            yield f"{update.event_id} sends a voice after sound"
    updates = {update.event_id: update for _, update in run.all(e.SessionUpdate)}
    for at, error, cause in run.errors:
        if error.error.code == "cannot_update_voice" and error.error.event_id and _voice(updates[cause]) is not UNSET:
            again = [entry.event for entry in _next_sent(run, at) if isinstance(entry.event, e.SessionUpdate)]
            if [_voiceless(update) for update in again] != [_voiceless(updates[cause])]:
                yield f"{cause} was refused for its voice and its rest is not sent again"


def items_are_in_order(run: Evidence) -> Iterator[str]:
    known = set(run.talk.truth)
    if run.settled and [item for item in run.talk.client.order() if item in known] != run.talk.truth:
        yield "the conversation's order is not the server's"


def silence_has_no_words(run: Evidence) -> Iterator[str]:
    silent = {event.item_id: at for at, event in run.all(e.InputAudioBufferTimeoutTriggered)}
    for at, told in run.all(h.Heard, h.HeardPartly):
        if at > silent.get(told.item_id, NEVER):
            yield f"words of {told.item_id}, which is silence"
    for item_id, times in Counter(told.item_id for _, told in run.all(h.Heard, h.HeardNothing)).items():
        if times > 1:
            yield f"{item_id} is heard {times} times"
    for at, event in run.all(e.ConversationItemInputAudioTranscriptionCompleted):
        later = [
            told for seen, told in run.all(h.Heard, h.HeardNothing) if told.item_id == event.item_id and seen <= at + 1
        ]
        if not later:
            yield f"the words of {event.item_id} are lost"


def errors_are_not_fatal(run: Evidence) -> Iterator[str]:
    for at, error, _ in run.errors:
        faults = _actions(run, at)
        if len(faults) != 1:
            yield f"{error.error.code} is told {len(faults)} times"
        harmless = error.error.code != "session_expired"
        if harmless and not set(faults) <= {Action.IGNORE, Action.REPAIR}:
            yield f"{error.error.code} is told as {faults}"


def sound_is_whole(run: Evidence) -> Iterator[str]:
    for at, event in run.all(e.ResponseOutputAudioDelta):
        heard = [told for told in run.told_of(at) if isinstance(told, h.AssistantAudio)]
        wanted = [event.delta] if at < run.over_at.get(event.response_id, NEVER) else []
        if [told.data for told in heard] != wanted and not run.ambiguous:
            yield f"sound of {event.response_id} came as {len(wanted)} and was told as {len(heard)}"


def callers_sound_is_whole(run: Evidence) -> Iterator[str]:
    said = b"".join(data for _, data in run.all("append"))
    if b"".join(event.audio for _, event in run.all(e.InputAudioBufferAppend)) != said:
        yield "the caller's sound is not what was sent"


def wishes_are_met(run: Evidence) -> Iterator[str]:
    creates = [at for at, _ in run.all(e.ResponseCreate)]
    last_cancel = max((at for at, _ in run.all("cancel")), default=-1)
    wishes = [at for at, _ in run.all("request")]
    second = [(error, cause) for _, error, cause in run.errors if cause in run.met]
    if run.settled:
        for wish in wishes:
            if wish > last_cancel and not any(at > wish for at in creates):
                yield "an answer was wanted and never asked for"
        for error, cause in second:
            if run.server.creates and not error.error.event_id:
                continue  # it may be about any of them, where the server answers by itself as well
            sent = next(sent for sent, event in run.all(e.ResponseCreate) if event.event_id == cause)
            if sent > last_cancel and not any(later > sent for later in creates):
                yield f"{cause} came second and was forgotten"
    if len(creates) > len(wishes) + len(second):
        yield "answers were asked for that nobody wanted"


def words_are_whole(run: Evidence) -> Iterator[str]:
    for at, event in run.all(e.ResponseOutputAudioTranscriptDelta, e.ResponseOutputTextDelta):
        told = [told.delta for told in run.told_of(at) if isinstance(told, h.AssistantText)]
        wanted = [event.delta] if at < run.over_at.get(event.response_id, NEVER) else []
        if told != wanted and not run.ambiguous:
            yield f"words of {event.response_id}: {wanted} became {told}"


def settings_are_whole(run: Evidence) -> Iterator[str]:
    for at, wanted in run.all("configure"):
        found = [entry.event.session for entry in _next_sent(run, at) if isinstance(entry.event, e.SessionUpdate)]
        if [_bare(session) for session in found] != [_bare(wanted)]:
            yield "settings are not sent as they were wanted"


def every_part_counts(run: Evidence) -> Iterator[str]:
    seen: set[str] = set()
    for at, event in run.all(e.ResponseOutputItemDone):
        ended = [told.item_id for told in run.told_of(at) if isinstance(told, h.MessageEnded)]
        live = isinstance(event.item, Message) and at < run.over_at.get(event.response_id, NEVER)
        if ended != ([event.item.id] if live and event.item.id not in seen else []) and not run.ambiguous:
            yield f"the end of {event.item.id} is told as {ended}"
        seen |= {event.item.id} if live else set()
    spoken = {(event.item_id, event.content_index) for _, event in run.all(e.ResponseOutputAudioTranscriptDelta)}
    for at, event in run.all(e.ResponseOutputAudioTranscriptDone):
        bare = event.transcript and (event.item_id, event.content_index) not in spoken
        live = at < run.over_at.get(event.response_id, NEVER) and not run.ambiguous
        if bare and live and not any(isinstance(told, h.AssistantText) for told in run.told_of(at)):
            yield f"words of {event.item_id} that came at its end are lost"


def ends_need_no_beginning(run: Evidence) -> Iterator[str]:
    began = Counter(told.response_id for _, told in run.all(h.ResponseBegan))
    ended = Counter(told.response_id for _, told in run.all(h.ResponseEnded) if told.response_id)
    for response in run.done_at:
        if ended[response] != 1 or began[response] > 1:
            yield f"{response} began {began[response]} times and ended {ended[response]} times"
    for response in began.keys() - run.seen_at.keys():
        yield f"{response} began, and nobody said so"


def ready_when_settings_are_taken(run: Evidence) -> Iterator[str]:
    taken = [at for at, _ in run.all(e.SessionUpdated)][:1]
    if [at for at, _ in run.all(h.SessionReady)] != [at + 1 for at in taken]:
        yield "the session is not ready when its settings are taken"


def events_have_ids(run: Evidence) -> Iterator[str]:
    seen: set[str] = set()
    for _, sent in run.sent():
        event_id = sent.body.get("event_id")
        if sent.body["type"] != "input_audio_buffer.append" and not (isinstance(event_id, str) and event_id):
            yield f"{sent.body['type']} has no id"
        elif event_id in seen:
            yield f"{event_id} is used twice"
        elif event_id is not None:
            seen.add(event_id)


def sessions_have_a_type(run: Evidence) -> Iterator[str]:
    for _, sent in run.sent():
        session = sent.body.get("session")
        if session is not None and session.get("type") != "realtime":
            yield "a session without its type"


def numbers_are_whole(run: Evidence) -> Iterator[str]:
    for _, sent in run.sent():
        for name in ("audio_end_ms", "content_index"):
            value = sent.body.get(name, 0)
            if type(value) is not int or value < 0:
                yield f"{name} is {value!r}"


CONTENTS = {"user": {"input_text"}, "system": {"input_text"}, "assistant": {"output_text"}}


def items_are_well_made(run: Evidence) -> Iterator[str]:
    for _, sent in run.sent():
        item = sent.body.get("item", {})
        if item.get("type") == "message" and not {part["type"] for part in item["content"]} <= CONTENTS[item["role"]]:
            yield f"a {item['role']} message of the wrong content"
        if item.get("status") not in (None, "completed", "incomplete", "in_progress"):
            yield f"an item is {item['status']}"
        if not all(isinstance(item.get(name, ""), str) for name in ("arguments", "output", "call_id", "name")):
            yield "a tool's words are no text"


def events_are_small(run: Evidence) -> Iterator[str]:
    if any(len(event.audio) > MAX_APPEND_BYTES for _, event in run.all(e.InputAudioBufferAppend)):
        yield "more sound in one event than a server takes"


def ids_are_short(run: Evidence) -> Iterator[str]:
    seen: set[str] = set()
    for _, event in run.all(e.ConversationItemCreate):
        item = event.item
        if not item.id or len(item.id) > MAX_ID or item.id in seen:
            yield f"an item's id is {item.id!r}"
        if isinstance(item, FunctionCall) and not 0 < len(item.call_id or "") <= MAX_ID:
            yield f"a call's id is {item.call_id!r}"
        seen.add(item.id)


def cancels_have_an_object(run: Evidence) -> Iterator[str]:
    named: set[str] = set()
    for at, cancel in run.all(e.ResponseCancel):
        response = cancel.response_id
        if response is None:
            sent = [before for before, _ in run.all(e.ResponseCreate) if before < at]
            if not sent:
                yield f"{cancel.event_id} cancels what was never asked for"
        elif response in named or run.seen_at.get(response, NEVER) > at or run.done_at.get(response, NEVER) < at:
            yield f"{cancel.event_id} cancels {response}, which is not under way"
        named.add(response or "")


def only_known_items_are_taken_out(run: Evidence) -> Iterator[str]:
    wanted = {item_id for _, item_id in run.all("delete")}
    for at, event in run.all(e.ConversationItemDelete):
        shown = [seen for seen, told in run.all(e.ResponseOutputItemDone) if told.item.id == event.item_id]
        shown += [
            seen
            for seen, told in run.all(e.ResponseDone)
            if event.item_id in [item.id for item in told.response.output]
        ]
        ours = [seen for seen, told in run.all(e.ConversationItemCreate) if told.item.id == event.item_id]
        if event.item_id not in wanted and not any(seen < at for seen in shown + ours):
            yield f"{event.item_id} is taken out and was never there"


def what_is_unknown_is_passed_on(run: Evidence) -> Iterator[str]:
    for at, event in run.all(e.RawEvent, e.InputAudioBufferDtmfEventReceived):
        if run.told_of(at) != [h.Passed(event)]:
            yield "an unknown event is not passed on as it came"


def _actions(run: Evidence, at: int) -> list[Action]:
    return [told.action for told in run.told_of(at) if isinstance(told, h.Fault)]


def _next_sent(run: Evidence, at: int) -> list[Sent]:
    """What the client sent because of the entry at a place."""
    found = []
    for entry in run.talk.record[at + 1 + len(run.told_of(at)) :]:
        if not isinstance(entry, Sent):
            break
        found.append(entry)
    return found


def _sends(run: Evidence, at: int, name: str) -> bool:
    return any(entry.body["type"] == name for entry in _next_sent(run, at))


def _voice(update: e.SessionUpdate) -> object:
    audio = update.session.audio
    return audio.output.voice if audio and audio.output else UNSET


def _bare(session: object) -> object:
    """Settings as plain objects, without the voice."""
    body = msgspec.to_builtins(session)
    body.get("audio", {}).get("output", {}).pop("voice", None)
    return body


def _voiceless(update: e.SessionUpdate) -> object:
    return _bare(update.session)


PITFALLS = (
    Rule("8.1", "an answer is asked for when none is awaited, under way or in the way", one_answer_at_a_time),
    Rule("8.2", "an item is cut within the sound that was received of it", cuts_fit),
    Rule("8.3", "turn detection is sent whole and leaves turns to us; echo is the line's", detection_is_whole),
    Rule("8.4", "nothing of an answer is told after it was cancelled or is over", nothing_after_the_end),
    Rule("8.5", "an expired session is one to be replaced", expiry_is_told),
    Rule("8.6", "whatever was asked for is released, however it ends", every_wait_ends),
    Rule("8.7", "a tool is run once, and only if its call is whole and its answer counts", a_tool_is_run_once),
    Rule("8.8", "outputs are sent before the next answer is asked for", outputs_come_first),
    Rule("8.9", "an output is sent once, for a call that the session has, and is not lost", outputs_have_calls),
    Rule("8.10", "no voice after sound; what was refused with a voice is sent without", settings_are_taken),
    Rule("8.11", "items stand in the server's order, whenever they are told", items_are_in_order),
    Rule("8.12", "a turn has words once, and silence has none", silence_has_no_words),
    Rule("8.13", "the socket is never kept waiting", kept="tests/test_house.py"),
    Rule("8.14", "an error is told once and ends no session that goes on", errors_are_not_fatal),
    Rule("8.15", "sound is told as it comes, all of it", sound_is_whole),
    Rule("8.16", "the caller's sound is sent as it was, in its order; its pace is the call's", callers_sound_is_whole),
    Rule("8.17", "an answer that is wanted is asked for, and no other", wishes_are_met),
    Rule("8.18", "words are told as they come: a cut takes them from the server, not from us", words_are_whole),
    Rule("8.19", "settings are sent as they are wanted, empty lists too", settings_are_whole),
    Rule("8.20", "every message and every part of an answer counts, once", every_part_counts),
    Rule("8.21", "an answer ends once, with or without a beginning", ends_need_no_beginning),
    Rule("8.22", "sound may flow when the settings are taken, not before", ready_when_settings_are_taken),
)

DUTIES = (
    Rule("9.1", "the way in: any model, text frames, pings", kept="tests/speech/test_endpoint.py"),
    Rule("9.2", "old headers and bad keys are turned away", kept="tests/speech/test_endpoint.py"),
    Rule("9.3", "the session's beginning comes first", kept="tests/realtime/test_server.py"),
    Rule("9.4", "expiry is said and then done", expiry_is_told),
    Rule("9.5", "every event but sound has an id of its own", events_have_ids),
    Rule("9.6", "a session names its type", sessions_have_a_type),
    Rule("9.7", "times and places are whole numbers, not below zero", numbers_are_whole),
    Rule("9.8", "transcripts are billed, errors have words", kept="tests/realtime/joined.py"),
    Rule("9.9", "items hold what their role may hold, and text where text belongs", items_are_well_made),
    Rule("9.10", "an answer's end has one of four reasons", kept="tests/realtime/joined.py"),
    Rule("9.11", "metadata is echoed", kept="tests/realtime/test_server_turns.py"),
    Rule("9.12", "no event is larger than the other side takes", events_are_small),
    Rule("9.13", "what may be left out is not missed", every_wait_ends),
    Rule("9.14", "items and calls that we name have short names, each used once", ids_are_short),
    Rule("9.15", "settings are merged by what is present: a voice is not", settings_are_taken),
    Rule("9.16", "one answer is under way at a time", one_answer_at_a_time),
    Rule("9.17", "what is cancelled is under way or awaited, once", cancels_have_an_object),
    Rule("9.18", "turn detection does as it was told", kept="tests/realtime/test_server_turns.py"),
    Rule("9.19", "a turn too short is no harm", errors_are_not_fatal),
    Rule("9.20", "items are cut and taken out only where they were", only_known_items_are_taken_out),
    Rule("9.21", "no output without a call", outputs_have_calls),
    Rule("9.22", "what is unknown is passed on", what_is_unknown_is_passed_on),
    Rule("9.23", "one end for each beginning", ends_need_no_beginning),
    Rule("9.24", "sound may come faster than it is played", sound_is_whole),
    Rule("9.25", "usage is told", kept="tests/realtime/test_meter.py"),
)

RULES = (*PITFALLS, *DUTIES)

_DISTINCT = {rule.check: rule for rule in reversed(RULES) if rule.check}
"""Each check once, under the first rule that it stands for."""


def judge(run: Evidence) -> list[tuple[str, str]]:
    """What is wrong in a session: the rule's number, and what was done."""
    return [(rule.number, wrong) for check, rule in _DISTINCT.items() for wrong in check(run)]
