"""A Realtime server of many moods: everything that the protocol lets one do, in an order that chance decides.

It is told what the client sends, and says in its own time what it likes of what is allowed: turns of
the caller, answers asked for or not, tools, cancellations, failures, refusals with and without the
name of what they refuse, words that come late or twice, and names that it should not use any more.
It remembers the truth, by which a judge may measure what the client made of it.
"""

import base64
import random
from collections import deque
from typing import Any

MS = 48
"""Bytes of one millisecond of 24 kHz PCM."""

BENIGN = ("input_audio_buffer_commit_empty", "item_retrieve_invalid_item_id", "a_new_code", "invalid_value")
REFUSALS = ("bad_response_create", "invalid_value", "server_error", "rate_limit_exceeded", "missing_required_parameter")
FAILURES = ("rate_limit_exceeded", "server_error", "insufficient_quota", "a_new_code", "inference_rate_limit_exceeded")
OLD_NAMES = {
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
    "response.output_text.delta": "response.text.delta",
    "conversation.item.added": "conversation.item.created",
}

Body = dict[str, Any]


class Reply:
    """A response under way: what is still to be said, and what has been made so far."""

    def __init__(self, response_id: str) -> None:
        self.id = response_id
        self.left: deque[Body] = deque()
        self.output: list[Body] = []
        self.begun: list[Body] = []


class Stranger:
    """The server, and what is true of it."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.out: deque[Body] = deque()
        self.creates = chance.random() < 0.15
        """Whether it answers turns by itself, whatever it was told."""
        self.interrupts = chance.random() < 0.3
        self.old = chance.random() < 0.1
        """Whether it speaks with the names of the beta."""
        self.careless = chance.random() < 0.3
        """Whether it leaves out what it may."""
        self.expired = False
        self.active: Reply | None = None
        self.items: list[str] = []
        self.voiced = False
        self.asked_by: dict[str, str | None] = {}
        """By response, the event that asked for it."""
        self.cause: dict[str, str | None] = {}
        """By the id of an error, the event that it refuses, named or not."""
        self.in_the_way: dict[str, str] = {}
        """By the id of an error, the response that was under way."""
        self.moods: set[str] = set()
        """What it has done that is out of the ordinary."""
        self._assistant_ms: dict[str, int] = {}
        self._cut: set[str] = set()
        self._calls: dict[str, str] = {}
        self._speech: str | None = None
        self._untold: list[str] = []
        self._said: list[Body] = []
        self._counts: dict[str, int] = {}
        self._say({"type": "session.created", "session": self._session()})

    # What the client says.

    def take(self, body: Body) -> None:
        """An event of the client has come."""
        if self.expired:
            return
        name, ours = body["type"], body.get("event_id")
        match name:
            case "session.update":
                voice = body["session"].get("audio", {}).get("output", {}).get("voice")
                if voice and self.voiced:
                    self._refuse("cannot_update_voice", ours)
                else:
                    self._say({"type": "session.updated", "session": self._session()})
            case "input_audio_buffer.append":
                pass
            case "input_audio_buffer.commit":
                self._stop() if self._speech else self._refuse("input_audio_buffer_commit_empty", ours)
            case "input_audio_buffer.clear":
                self._say({"type": "input_audio_buffer.cleared"})
            case "conversation.item.create":
                self._put_in(body["item"], ours)
            case "conversation.item.delete":
                self._take_out(body["item_id"], ours)
            case "conversation.item.truncate":
                self._cut_off(body, ours)
            case "response.create":
                self._asked(ours)
            case "response.cancel":
                wanted = body.get("response_id")
                if self.active and wanted in (None, self.active.id):
                    self._end("cancelled", "client_cancelled")
                else:
                    self._refuse("response_cancel_not_active", ours)

    def _asked(self, ours: str | None) -> None:
        if self.active:
            error = self._refuse("conversation_already_has_active_response", ours)
            self.in_the_way[error] = self.active.id
        elif self.chance.random() < 0.08:
            self.moods.add("refused answer")
            code = self.chance.choice(REFUSALS)
            self._refuse(code, ours, named=None if code == "bad_response_create" else True)
        else:
            self._begin(ours)

    def _put_in(self, item: Body, ours: str | None) -> None:
        if item["id"] in self.items:
            self._refuse("item_create_duplicate_item_id", ours)
            return
        if item["type"] == "function_call_output" and item["call_id"] not in self._calls:
            self._refuse("invalid_tool_call_id", ours)
            return
        if item["type"] == "function_call":
            self._calls[item["call_id"]] = item["id"]
        self._add(item, "added")
        self._say(
            {"type": "conversation.item.done", "item": {**item, "status": "completed"}, **self._before(item["id"])}
        )

    def _take_out(self, item_id: str, ours: str | None) -> None:
        if item_id not in self.items:
            self._refuse("item_delete_invalid_item_id", ours)
            return
        self.items.remove(item_id)
        self._calls = {call: item for call, item in self._calls.items() if item != item_id}
        self._cut.add(item_id)
        self._say({"type": "conversation.item.deleted", "item_id": item_id})

    def _cut_off(self, body: Body, ours: str | None) -> None:
        item_id, ms = body["item_id"], body["audio_end_ms"]
        if item_id not in self.items or item_id not in self._assistant_ms or self.chance.random() < 0.05:
            self._refuse("item_truncate_invalid_item_id", ours)
            return
        if not 0 <= ms <= self._assistant_ms[item_id]:
            self._refuse("invalid_value", ours)
            return
        self._assistant_ms[item_id] = ms
        self._cut.add(item_id)
        self._say({"type": "conversation.item.truncated", "item_id": item_id, "content_index": 0, "audio_end_ms": ms})

    # What it does by itself.

    def move(self) -> None:
        """Go on with something."""
        moves = [self._chatter] + [self._go_on] * (12 if self.active else 0)
        moves += [self._start] * 2 if self._speech is None else [self._stop] * 4
        moves += [self._transcribe] * (3 if self._untold else 0)
        moves += [self._idle] if not self.active and not self._speech and self.chance.random() < 0.3 else []
        moves += [self._repeat_late] * (1 if self._said else 0)
        self.chance.choice(moves)()

    def finish(self) -> None:
        """Bring everything that was begun to its end."""
        while self.active:
            self._go_on()
        if self._speech:
            self._stop()
        while self._untold:
            self._transcribe()

    def expire(self) -> None:
        """The session has lasted for as long as it may."""
        if self.active:
            self._end("failed", None, "session_expired")
        self._refuse("session_expired", None)
        self.expired = True

    def _start(self) -> None:
        self._speech = self._new("item")
        self._say({"type": "input_audio_buffer.speech_started", "audio_start_ms": 10, "item_id": self._speech})
        if self.interrupts and self.active:
            self._end("cancelled", "turn_detected")

    def _stop(self) -> None:
        assert self._speech
        item_id, self._speech = self._speech, None
        self._say({"type": "input_audio_buffer.speech_stopped", "audio_end_ms": 900, "item_id": item_id})
        self._turn(item_id)

    def _idle(self) -> None:
        self.moods.add("silent turn")
        item_id = self._new("item")
        times = {"audio_start_ms": 1, "audio_end_ms": 5000}
        self._say({"type": "input_audio_buffer.timeout_triggered", "item_id": item_id, **times})
        self._turn(item_id)

    def _turn(self, item_id: str) -> None:
        before = self.items[-1] if self.items else None
        self._say({"type": "input_audio_buffer.committed", "item_id": item_id, "previous_item_id": before})
        item = {"id": item_id, "type": "message", "role": "user", "status": "completed"}
        self._add({**item, "content": [{"type": "input_audio", "transcript": None}]}, "added")
        self._untold.append(item_id)
        if self.creates and not self.active and self.chance.random() < 0.8:
            self.moods.add("answer by itself")
            self._begin(None)

    def _transcribe(self) -> None:
        """Words of some turn, in no order; once they are all there they may come again."""
        item_id = self.chance.choice(self._untold)
        name = "conversation.item.input_audio_transcription."
        place = {"item_id": item_id, "content_index": 0}
        usage = {"type": "duration", "seconds": 1.0}
        kind = self.chance.random()
        if kind < 0.4 and not self.active:
            self._say({"type": f"{name}delta", **place, "delta": "my "})
            return
        self._untold.remove(item_id)
        if kind < 0.6:
            error = {"type": "transcription_error", "code": "audio_unintelligible", "message": "no speech"}
            last = {"type": f"{name}failed", **place, "error": error}
        else:
            text = self.chance.choice(["my power is out", "", "thanks for watching"])
            last = {"type": f"{name}completed", **place, "transcript": text, "usage": usage}
        self._say(last)
        if self.chance.random() < 0.1:
            self.moods.add("words twice")
            self._say(last)

    def _chatter(self) -> None:
        """Something that is of no weight."""
        kind = self.chance.randrange(5)
        if kind == 0:
            limit = {"name": "tokens", "limit": 40000, "remaining": 39200, "reset_seconds": 1.2}
            self._say({"type": "rate_limits.updated", "rate_limits": self.chance.choice([[], [limit]])})
        elif kind == 1:
            self.moods.add("unknown event")
            self._say({"type": "a.new.event", "response_id": "resp_0", "delta": "?"})
        elif kind == 2:
            self._say({"type": "input_audio_buffer.dtmf_event_received", "event": "5", "received_at": 1790000000})
        elif kind == 3:
            self._refuse(self.chance.choice(BENIGN), None)
        else:
            self._say({"type": "mcp_list_tools.in_progress", "item_id": "mcp_1"})

    def _repeat_late(self) -> None:
        """More of an answer that is over, or the same again."""
        piece = self.chance.choice(self._said)
        under_way = self.active is not None and piece.get("response_id") == self.active.id
        if self.chance.random() < 0.3 and not (under_way and "delta" in piece):
            self.moods.add("late event")
            self._say(piece)

    # Its answers.

    def _begin(self, ours: str | None) -> None:
        reply = self.active = Reply(self._new("resp"))
        self.asked_by[reply.id] = ours
        if self.chance.random() < 0.05:
            self.moods.add("no beginning")
        else:
            reply.left.append({"type": "response.created", "response": self._response(reply, "in_progress")})
            if self.chance.random() < 0.05:
                reply.left.append(reply.left[0])
        for _ in range(self.chance.choice([0, 1, 1, 1, 2, 3])):
            self._plan(reply)
        self._go_on()

    def _plan(self, reply: Reply) -> None:
        """One item of an answer, piece by piece."""
        place = {"response_id": reply.id, "output_index": len(reply.begun)}
        item_id = self._new("item")
        kind = self.chance.choice(["spoken", "spoken", "spoken", "written", "call", "call"])
        if kind == "call":
            call_id = self._new("call") + "x" * self.chance.choice([0, 40])
            item: Body = {
                "id": item_id,
                "type": "function_call",
                "name": "no_supply",
                "call_id": call_id,
                "arguments": "",
            }
        else:
            item = {"id": item_id, "type": "message", "role": "assistant", "content": []}
        reply.begun.append(item)
        begun = {**item, "status": "in_progress"}
        head = [{"type": "response.output_item.added", **place, "item": begun}, {"type": "!added", "item": begun}]
        place |= {"item_id": item_id}
        if kind == "call":
            arguments = '{"area": "sector 62"}'
            body = [
                {"type": "response.function_call_arguments.delta", **place, "call_id": call_id, "delta": arguments},
                {
                    "type": "response.function_call_arguments.done",
                    **place,
                    "call_id": call_id,
                    "name": "no_supply",
                    "arguments": arguments,
                },
            ]
            done = {**item, "arguments": arguments, "status": "completed"}
        else:
            body, content = [], []
            for index in range(self.chance.choice([1, 1, 1, 2])):
                pieces, part = self._part(kind, {**place, "content_index": index})
                body += pieces
                content.append(part)
            done = {**item, "content": content, "status": "completed"}
        tail = [{"type": "!done", "item": done}, {"type": "response.output_item.done", **place, "item": done}]
        del tail[1]["item_id"]
        if self.chance.random() < 0.3:
            tail.reverse()
        if kind == "call" and self.chance.random() < 0.15:
            self.moods.add("call told at the end")
            head, body, tail = head[1:], [], [tail[0] if tail[0]["type"] == "!done" else tail[1]]
        reply.left += [*head, *body, *tail]

    def _part(self, kind: str, place: Body) -> tuple[list[Body], Body]:
        """One part of a message: its pieces, and what it is in the finished item."""
        words = [f"word{self._new('word')} " for _ in range(self.chance.randrange(4))]
        text = "".join(words)
        if kind == "written":
            said = [{"type": "response.output_text.delta", **place, "delta": word} for word in words]
            end = {"type": "response.output_text.done", **place, "text": text}
            return [*said, end], {"type": "output_text", "text": text}
        said = [{"type": "response.output_audio_transcript.delta", **place, "delta": word} for word in words]
        if self.chance.random() < 0.1:
            self.moods.add("words only at the end")
            said = []
        for _ in range(self.chance.randrange(1, 5)):
            sound = bytes([self.chance.randrange(256)]) * (MS * self.chance.choice([1, 20, 60, 100]))
            delta = {"type": "response.output_audio.delta", **place, "delta": base64.b64encode(sound).decode()}
            said.insert(self.chance.randrange(len(said) + 1), delta)
        ends = [
            {"type": "response.output_audio.done", **place},
            {"type": "response.output_audio_transcript.done", **place, "transcript": text},
        ]
        self.chance.shuffle(ends)
        return [*said, *ends], {"type": "output_audio", "transcript": text}

    def _go_on(self) -> None:
        """The next piece of the answer, its end, or an end before its time."""
        reply = self.active
        assert reply is not None
        fate = self.chance.random()
        if fate < 0.02:
            self._end("failed", None, self.chance.choice(FAILURES))
        elif fate < 0.03:
            self._end("incomplete", self.chance.choice(["max_output_tokens", "content_filter"]))
        elif reply.left:
            self._piece(reply, reply.left.popleft())
        else:
            self._end("completed", None)

    def _piece(self, reply: Reply, piece: Body) -> None:
        item = piece.get("item")
        match piece["type"]:
            case "!added":
                if item["type"] == "function_call":
                    self._calls[item["call_id"]] = item["id"]
                self._add(item, "added")
            case "!done":
                reply.output.append(item)
                self._say({"type": "conversation.item.done", "item": item, **self._before(item["id"])})
            case "response.output_audio.delta":
                if piece["item_id"] not in self._cut:
                    length = len(base64.b64decode(piece["delta"])) // MS
                    self._assistant_ms[piece["item_id"]] = self._assistant_ms.get(piece["item_id"], 0) + length
                    self.voiced = True
                    self._of_answer(piece)
            case _:
                self._of_answer(piece)

    def _of_answer(self, piece: Body) -> None:
        """A piece that may come again after its answer is over."""
        if "delta" in piece or piece["type"] in ("response.output_item.done", "response.created"):
            self._said = [*self._said[-20:], piece]
        self._say(piece)

    def _end(self, status: str, reason: str | None, code: str | None = None) -> None:
        reply, self.active = self.active, None
        assert reply is not None
        output = [*reply.output]
        if status != "completed":
            there = {item["id"] for item in output}
            unfinished = [item for item in reply.begun if item["id"] in self.items and item["id"] not in there]
            output += [{**item, "status": "incomplete"} for item in unfinished]
            if unfinished and self.chance.random() < 0.5:
                item = {**unfinished[-1], "status": "incomplete"}
                self._of_answer(
                    {"type": "response.output_item.done", "response_id": reply.id, "output_index": 0, "item": item}
                )
        response = self._response(reply, status)
        response["output"] = output
        if self.chance.random() < 0.1 and not any(item["type"] == "function_call" for item in output):
            response["output"] = []
        if reason:
            response["status_details"] = {"type": status, "reason": reason}
        elif code:
            error = {"type": "tokens", "code": code, "message": "Please try again in 1.5s."}
            response["status_details"] = {"type": status, "error": error}
        done = {"type": "response.done", "response": response}
        self._say(done)
        if self.chance.random() < 0.1:
            self.moods.add("end twice")
            self._say(done)
        for piece in list(reply.left)[: self.chance.choice([0, 0, 1, 3])]:
            if "delta" in piece and status == "cancelled":
                self.moods.add("late delta of a cancelled answer")
                self._say(piece)

    # How it says things.

    def _response(self, reply: Reply, status: str) -> Body:
        response: Body = {"object": "realtime.response", "id": reply.id, "status": status, "output": []}
        if not self.careless:
            response |= {"status_details": None, "conversation_id": "conv_1", "usage": None, "metadata": None}
        return response

    def _session(self) -> Body:
        return {"type": "realtime", "audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}}}}

    def _add(self, item: Body, how: str) -> None:
        before = self.items[-1] if self.items else None
        self.items.append(item["id"])
        self._say({"type": f"conversation.item.{how}", "item": item, "previous_item_id": before})

    def _before(self, item_id: str) -> Body:
        """Where an item stands, unless that is left out."""
        at = self.items.index(item_id) if item_id in self.items else 0
        return {} if at == 0 or self.careless else {"previous_item_id": self.items[at - 1]}

    def _refuse(self, code: str, ours: str | None, named: bool | None = None) -> str:
        """An error; `named` says whether it must name the event, None leaves that to chance."""
        can_do_without = code in ("conversation_already_has_active_response", "response_cancel_not_active")
        if named is None:
            named = self.chance.random() < (0.7 if can_do_without or code == "bad_response_create" else 0.9)
        if ours and not named:
            self.moods.add("error without a name")
        error = {"type": "invalid_request_error", "code": code, "message": "no", "param": None}
        event_id = self._say({"type": "error", "error": {**error, "event_id": ours if named else None}})
        self.cause[event_id] = ours
        return event_id

    def _say(self, body: Body) -> str:
        event_id = self._new("event")
        name = OLD_NAMES.get(body["type"], body["type"]) if self.old else body["type"]
        self.out.append({**body, "type": name, "event_id": event_id})
        return event_id

    def _new(self, kind: str) -> str:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{kind}_{self._counts[kind]}"
