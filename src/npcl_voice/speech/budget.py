"""One provider's money and limits: what its answers cost, and when a new call may begin there."""

from collections import OrderedDict

from npcl_voice.realtime.events import (
    ConversationItemInputAudioTranscriptionCompleted,
    RateLimitsUpdated,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
)
from npcl_voice.realtime.responses import Response, TranscriptionUsage, Usage
from npcl_voice.speech.prices import Prices, answer_cost, packaged_prices, transcript_cost
from npcl_voice.speech.purse import Purse
from npcl_voice.speech.quota import Line, Quota

__all__ = ["Budget"]

NEWEST_SHARE = 0.2
"""How much the newest answer counts in the average cost: about five answers shape it."""

MOST_CALLS = 10_000
"""So many calls that went elsewhere are remembered; they are forgotten at their end, so only a fault leaves more."""

RATE_LIMITED = frozenset({"rate_limit_exceeded", "inference_rate_limit_exceeded"})
"""How providers name a limit that is used up: OpenAI and Azure."""


class Budget:
    """A provider's budget, for all calls of this process. Nothing here waits or reads a clock: `now` is handed in."""

    def __init__(self, model: str, transcriber: str, purse: Purse, prices: Prices | None = None) -> None:
        """`purse` is the one of all providers; `prices` are the packaged ones unless given."""
        prices = prices or packaged_prices()
        self.purse = purse
        self._model, model_known = prices.model(model)
        self._transcriber, transcriber_known = prices.transcriber(transcriber)
        known = ((model, model_known), (transcriber, transcriber_known))
        self._unknown = [name for name, there in known if not there]
        self._as_of = prices.as_of
        self._answer_usd = 0.0
        self._quota = Quota()
        self._line = Line()
        self._live: set[str] = set()
        self._away: OrderedDict[str, None] = OrderedDict()
        self.guessed = 0
        """Answers and transcripts whose usage was missing or could not be; an answer was charged as the last ones."""

    def describe(self) -> str:
        """The caps, and the prices they are counted by, in one line for whoever starts a call."""
        line = self.purse.describe()
        if self._unknown:
            return f"{line}; no price of {' and '.join(self._unknown)} is known, so the dearest known is counted"
        return f"{line}, by prices of {self._as_of:%B %Y}"

    def cost_of(self, usage: Usage | TranscriptionUsage) -> float:
        """US dollars for an answer or a transcript. Raises ValueError for a figure that cannot be."""
        if isinstance(usage, Usage):
            return answer_cost(self._model, usage)
        return transcript_cost(self._transcriber, usage)

    def may_begin(self) -> str | None:
        """Why no call may begin for the money's sake, `spend_day` or `spend_call`; None when one may."""
        return self.purse.may_begin()

    def call_over(self, call_id: str) -> str | None:
        """Why a call may not go on for the money's sake, `spend_call` or `spend_day`; None while it may."""
        return self.purse.call_over(call_id)

    # Whose turn it is.

    def wait_s(self, now: float, call_id: str | None = None) -> float:
        """How long a call must wait until there is room for it beside those that go on and those ahead of it.

        A call that has begun here before, and comes back or reconnects, goes before all new ones: it needs
        room for its own answer alone. 0 when there is room or the server has told no limits; infinite
        when there never will be.
        """
        if call_id in self._away or call_id in self._live:
            return self._quota.wait_s(1, now)
        return self._quota.wait_s(len(self._live) + self._line.ahead_of(call_id, now) + 1, now)

    def enqueue(self, call_id: str, now: float) -> bool:
        """Take a place in the line; False when it is full. Asking again keeps the place."""
        return self._line.join(call_id, now)

    def ready(self, call_id: str, now: float) -> bool:
        """Whether it is this call's turn and there is room. Who waits asks at least every 20 s, or has gone."""
        known = call_id in self._away or call_id in self._live
        return (known or self._line.ahead_of(call_id, now) == 0) and self.wait_s(now, call_id) == 0

    def leave(self, call_id: str) -> None:
        """Wait no longer."""
        self._line.leave(call_id)

    def waiting(self) -> int:
        """How many calls are in the line."""
        return len(self._line)

    def begin(self, call_id: str) -> None:
        """A call goes on at this provider: it has left the line, and an answer is kept free for it."""
        self._line.leave(call_id)
        self._away.pop(call_id, None)
        self._live.add(call_id)

    def pause(self, call_id: str) -> None:
        """A call goes on elsewhere; what it has cost stays in the purse."""
        self._line.leave(call_id)
        if call_id in self._live:
            self._live.discard(call_id)
            self._away[call_id] = None
            if len(self._away) > MOST_CALLS:
                self._away.popitem(last=False)

    def forget(self, call_id: str) -> None:
        """A call is over; what it has cost stays in the day's money."""
        self._line.leave(call_id)
        self._live.discard(call_id)
        self._away.pop(call_id, None)
        self.purse.forget(call_id)

    def left(self, now: float) -> dict[str, float]:
        """What is left of each of the provider's limits, as a share."""
        return self._quota.left(now)

    # What the server says.

    def saw(self, call_id: str, event: ServerEvent, now: float) -> None:
        """Count what an event tells of usage and limits. Never raises: a server's figures are a stranger's."""
        match event:
            case ResponseCreated(response=response):
                self._quota.ask(call_id, response.id, now)
            case ResponseDone(response=response):
                self._answered(call_id, response, now)
            case ConversationItemInputAudioTranscriptionCompleted(usage=usage) if usage is not None:
                self._transcribed(call_id, usage)
            case RateLimitsUpdated(rate_limits=limits):
                self._quota.update(limits, now)
            case _:
                pass

    def _answered(self, call_id: str, response: Response, now: float) -> None:
        usage = response.usage
        self._quota.done(call_id, response.id, usage.total_tokens if usage else None, now)
        if response.status == "failed":
            error = response.status_details.error if response.status_details else None
            if error is not None and error.code in RATE_LIMITED:
                self._quota.empty(now)
            if usage is None:  # it was not made, so it is not billed
                return
        usd = self._sane_cost(usage)
        if usd is None:
            usd = self._answer_usd
        else:
            self._answer_usd += (usd - self._answer_usd) * (NEWEST_SHARE if self._answer_usd else 1)
        self.purse.charge(call_id, usd)

    def _transcribed(self, call_id: str, usage: TranscriptionUsage) -> None:
        usd = self._sane_cost(usage)
        if usd is not None:
            self.purse.charge(call_id, usd)

    def _sane_cost(self, usage: Usage | TranscriptionUsage | None) -> float | None:
        """The cost, None where it can only be guessed."""
        try:
            if usage is not None:
                return self.cost_of(usage)
        except ValueError:
            pass
        self.guessed += 1
        return None
