"""Every fault that can be put between a server and its client, at the place it was asked for."""

from collections.abc import Callable
from typing import Any

import pytest

from npcl_voice.errors import RefusedError, SettingsError, UnavailableError
from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.faults import Action
from npcl_voice.rehearsal.clock import run_rehearsal
from npcl_voice.rehearsal.twin import Faults, parse_faults
from npcl_voice.rehearsal.twin import faults as f
from tests.rehearsal.twin.talking import BYE, OUTAGE, Talk, talking, twin, whole_call

DELTA = "response.output_audio.delta"


def meet(fault: f.Fault | None, judge: Callable[[Talk], None], **timing: float) -> None:
    """One sentence and its answer with that fault on the way; then the judge looks."""

    async def work() -> None:
        async with talking(twin(Faults((fault,) if fault else ()), **timing)) as talk:
            await talk.say(OUTAGE)
            await talk.get_answer()
            judge(talk)

    run_rehearsal(work())


def plainly(**timing: float) -> list[str]:
    """The names of all events without a fault."""
    names: list[str] = []
    meet(None, lambda talk: names.extend(talk.names()), **timing)
    return names


def test_a_cut_comes_before_or_after_its_event() -> None:
    """Nothing comes after it, and the client's connection breaks."""
    names = plainly()
    at = names.index("response.created") + 1
    for when, came in (("before", at - 1), ("after", at)):

        def judge(talk: Talk, came: int = came) -> None:
            assert talk.names() == names[:came]
            assert isinstance(talk.failure, UnavailableError)
            assert talk.failure.reason == "close_1006"

        meet(f.Cut(at=at, when=when), judge)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "text", "kind", "reason"),
    [
        (1000, "", UnavailableError, "close_1000"),
        (1001, "server_error.session_expired", UnavailableError, "session_expired"),
        (1008, "", RefusedError, "close_1008"),
        (1011, "server_error", UnavailableError, "close_1011"),
        (1013, "insufficient_quota.insufficient_quota", RefusedError, "quota"),
        (3000, "invalid_request_error.invalid_api_key", RefusedError, "invalid_api_key"),
        (4000, "", RefusedError, "close_4000"),
    ],
)
def test_a_server_closes_with_a_code(code: int, text: str, kind: type[Any], reason: str) -> None:
    """What was sent before has come, and the failure is named as our connection names it."""

    def judge(talk: Talk) -> None:
        assert talk.names()[-1] == "response.created"
        assert isinstance(talk.failure, kind)
        assert talk.failure.reason == reason

    meet(f.Close(on="response.created", when="after", code=code, text=text), judge)


def test_a_stall_ends_after_its_time_and_then_all_comes_at_once() -> None:
    """Nothing is lost, and nothing comes in between."""

    def judge(talk: Talk) -> None:
        created = next(t for t, one in talk.events if isinstance(one, e.ResponseCreated))
        later = [t for t, _ in talk.events if t > created]
        assert min(later) >= created + 7
        assert "response.done" in talk.names()

    meet(f.Stall(on="response.created", when="after", ms=7_000), judge)


def test_a_stall_without_end_leaves_the_connection_open() -> None:
    """Nothing comes any more, and nothing breaks."""

    async def work() -> None:
        async with talking(twin(Faults((f.Stall(on="response.created", when="after"),)))) as talk:
            await talk.say(OUTAGE)
            talk.ask(talk.client.request_response())
            await talk.clock.sleep_until(60)
            assert talk.names()[-1] == "response.created"
            assert talk.failure is None
            assert talk.happened[-1] != h.SessionReady()

    run_rehearsal(work())


def test_a_delay_holds_for_all_that_follows() -> None:
    """The same events in the same order, later by as much."""

    def times(delay: f.Fault | None) -> list[tuple[str, float]]:
        came: list[tuple[str, float]] = []
        meet(delay, lambda talk: came.extend(zip(talk.names(), (t for t, _ in talk.events), strict=True)))
        return came

    plain, late = times(None), times(f.Delay(on="response.created", ms=900))
    assert [name for name, _ in plain] == [name for name, _ in late]
    at = [name for name, _ in plain].index("response.created")
    differences = [round(after - before, 6) for (_, before), (_, after) in zip(plain, late, strict=True)]
    assert set(differences[:at]) == {0.0}
    assert set(differences[at:]) == {0.9}


@pytest.mark.parametrize("kind", [f.Drop, f.Corrupt])
def test_an_event_is_lost(kind: type[Any]) -> None:
    """It alone never comes to the client; the record tells garbage from nothing."""
    names = plainly()
    at = names.index(DELTA)

    def judge(talk: Talk) -> None:
        assert talk.names() == names[:at] + names[at + 1 :]

    meet(kind(on=DELTA), judge)


def test_an_event_comes_twice_and_is_heard_once() -> None:
    """The same event with the same id; the client session counts a tool's call once."""
    names = plainly()
    at = names.index(DELTA)

    def judge(talk: Talk) -> None:
        assert talk.names() == [*names[: at + 1], *names[at:]]
        assert talk.events[at][1] == talk.events[at + 1][1]

    meet(f.Duplicate(on=DELTA), judge)


def test_an_event_changes_places_with_the_next() -> None:
    """Those two alone."""
    names = plainly()
    at = names.index("response.output_item.added")

    def judge(talk: Talk) -> None:
        swapped = [*names[:at], names[at + 1], names[at], *names[at + 2 :]]
        assert talk.names() == swapped

    meet(f.Reorder(on="response.output_item.added"), judge)


def test_an_error_comes_and_the_session_goes_on() -> None:
    """The client is told what to do about it, and the call ends as it should."""

    async def work() -> None:
        fault = f.Error(on="response.created", when="after", code="server_error", text="It hurts.")
        async with talking(twin(Faults((fault,)))) as talk:
            await whole_call(talk)
            (told,) = talk.of(h.Fault)
            assert (told.code, told.message, told.action) == ("server_error", "It hurts.", Action.RETRY)
            assert [name for name, _ in talk.tools] == ["no_supply", "bye"]

    run_rehearsal(work())


def test_an_error_may_be_the_last_word() -> None:
    """The close frame says the same as the error."""

    def judge(talk: Talk) -> None:
        assert talk.names()[-1] == "error"
        assert isinstance(talk.failure, RefusedError)
        assert talk.failure.reason == "quota"

    code = "insufficient_quota"
    meet(f.Error(on="response.created", code=code, type=code, then_close=1013), judge)


@pytest.mark.parametrize(
    ("status", "code", "on", "nth"),
    [
        ("failed", "server_error", "response.created", 1),
        ("failed", "rate_limit_exceeded", DELTA, 3),
        ("failed", "server_error", "response.done", 1),
        ("incomplete", "content_filter", DELTA, 2),
        ("incomplete", "max_output_tokens", "response.output_audio_transcript.delta", 1),
    ],
)
def test_a_response_fails(status: Any, code: str, on: str, nth: int) -> None:
    """It has one end, which says so, little more of it comes, and the next response is sound."""

    async def work() -> None:
        fault = f.FailResponse(on=on, nth=nth, status=status, code=code)
        async with talking(twin(Faults((fault,)))) as talk:
            await talk.say(OUTAGE)
            await talk.get_answer()
            (ended,) = talk.of(h.ResponseEnded)
            assert (ended.status, ended.reason or ended.error_code) == (status, code)
            assert talk.names().count(DELTA) < nth or on != DELTA
            assert "error" not in talk.names()
            assert "consumer number" in await talk.get_answer()
            assert talk.of(h.ResponseEnded)[-1].status == "completed"

    run_rehearsal(work())


def test_an_event_comes_that_nobody_knows() -> None:
    """The client passes it on, and the call ends as it should."""

    async def work() -> None:
        fault = f.UnknownEvent(on="response.created", name="response.mood.delta")
        async with talking(twin(Faults((fault,)))) as talk:
            await whole_call(talk)
            (passed,) = talk.of(h.Passed)
            assert passed.event.name == "response.mood.delta"
            assert [name for name, _ in talk.tools] == ["no_supply", "bye"]

    run_rehearsal(work())


def test_the_server_tells_of_its_limits() -> None:
    """As many tokens are left, until then."""

    def judge(talk: Talk) -> None:
        limits = [one for one in talk.of(h.RateLimits) if one.limits]
        assert limits[0].limits == (e.RateLimit("tokens", 40_000, 12, 8.5),)

    meet(f.Limits(on="response.done", when="after", remaining=12, reset_s=8.5), judge)


def test_the_sound_of_answers_comes_late_and_in_order() -> None:
    """The response begins in time; its sound, and what follows it, does not."""
    names = plainly()

    def judge(talk: Talk) -> None:
        assert sorted(talk.names()) == sorted(names)
        times = {name: t for (t, _), name in reversed(list(zip(talk.events, talk.names(), strict=True)))}
        assert times[DELTA] >= times["response.output_audio_transcript.delta"] + 2
        assert times["response.done"] >= times[DELTA]
        own = [name for name in talk.names() if name.startswith("response.")]
        assert own == [name for name in names if name.startswith("response.")]

    meet(f.LateAudio(on="response.created", ms=2_000), judge)


def test_the_words_of_the_caller_come_late() -> None:
    """Later by as much, while all else comes in time."""

    async def work(ms: float) -> tuple[float, float]:
        fault = f.LateTranscript(at=1, ms=ms)
        async with talking(twin(Faults((fault,)))) as talk:
            heard = await talk.say(OUTAGE)
            assert heard.text == OUTAGE
            times = {name: t for (t, _), name in zip(talk.events, talk.names(), strict=True)}
            return times["input_audio_buffer.committed"], times[f"{WORDS}.completed"]

    committed, known = run_rehearsal(work(0))
    later_committed, later = run_rehearsal(work(1_500))
    assert committed == later_committed
    assert later == pytest.approx(known + 1.5)


WORDS = "conversation.item.input_audio_transcription"


def test_faults_count_through_all_sessions_or_in_one_or_in_each() -> None:
    """Without a session the count goes on where the last session ended it; a fault for each strikes again."""

    async def work(fault: f.Fault) -> list[int]:
        engine = twin(Faults((fault,)))
        came = []
        for _ in range(3):
            async with talking(engine, ready=False) as talk:
                await talk.clock.sleep_until(talk.clock.now() + 1)
                came.append(len(talk.events) if talk.failure else -1)
        return came

    assert run_rehearsal(work(f.Cut(at=2, session=2))) == [-1, 1, -1]
    assert run_rehearsal(work(f.Cut(at=2, each=True))) == [1, 1, 1]
    assert run_rehearsal(work(f.Cut(at=4))) == [-1, 1, -1]


def test_a_fault_file_reads_as_it_is_written() -> None:
    """Rows of each kind, with what they leave out."""
    text = """
        [[fault]]
        does = "cut"
        at = 12
        [[fault]]
        does = "close"
        on = "response.created"
        nth = 2
        when = "after"
        code = 1013
        text = "insufficient_quota.insufficient_quota"
        [[connect]]
        does = "http"
        session = 2
        status = 429
        retry_after_s = 3
        [[connect]]
        does = "close"
        code = 3000
        error = "invalid_api_key"
        [[outage]]
        from_s = 10
        to_s = 20
    """
    assert parse_faults(text, "x") == Faults(
        (
            f.Cut(at=12),
            f.Close(
                on="response.created", nth=2, when="after", code=1013, text="insufficient_quota.insufficient_quota"
            ),
        ),
        (f.Http(session=2, status=429, retry_after_s=3), f.CloseAtOnce(code=3000, error="invalid_api_key")),
        (f.Outage(from_s=10, to_s=20),),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[fault", "Expected"),
        ("[[fault]]\ndoes = 'cut'", "needs one of at and on"),
        ("[[fault]]\ndoes = 'cut'\nat = 1\non = 'error'", "needs one of at and on"),
        ("[[fault]]\ndoes = 'cut'\nat = 0", ">= 1"),
        ("[[fault]]\ndoes = 'cut'\nat = 1\nsession = 1\neach = true", "for one session and for each"),
        ("[[fault]]\ndoes = 'bite'\nat = 1", "bite"),
        ("[[fault]]\ndoes = 'cut'\nat = 1\nms = 3", "ms"),
        ("[[fault]]\ndoes = 'close'\nat = 1", "code"),
        ("[[fault]]\ndoes = 'close'\nat = 1\ncode = 200", "1000"),
        ("[[fault]]\ndoes = 'fail_response'\nat = 1\nstatus = 'incomplete'", "max_output_tokens"),
        ("[[fault]]\ndoes = 'fail_response'\nat = 1\ncode = 'content_filter'", "incomplete"),
        ("[[connect]]\ndoes = 'http'\nstatus = 200", "400"),
        ("[[outage]]\nfrom_s = 3\nto_s = 3", "ends before it begins"),
        ("[[delay]]", "delay"),
    ],
)
def test_a_fault_file_that_makes_no_sense_is_refused(text: str, words: str) -> None:
    """By its name, and saying what is wrong with it."""
    with pytest.raises(SettingsError) as refused:
        parse_faults(text, "storm.toml")
    assert refused.value.setting == "storm.toml"
    assert words in str(refused.value)


def test_whole_calls_survive_what_needs_no_new_session() -> None:
    """Duplicates, swaps, garbage of sound, late words: the complaint is registered once."""

    async def work() -> None:
        faults = Faults(
            (
                f.Duplicate(on="response.function_call_arguments.done"),
                f.Duplicate(on="response.output_item.done", nth=3),
                f.Reorder(on="conversation.item.done", nth=4),
                f.Corrupt(on=DELTA, nth=5),
                f.LateTranscript(at=20, ms=700),
            )
        )
        async with talking(twin(faults)) as talk:
            await whole_call(talk)
            assert [name for name, _ in talk.tools] == ["no_supply", "bye"]
            assert talk.of(h.Heard)[-1].text == BYE

    run_rehearsal(work())
