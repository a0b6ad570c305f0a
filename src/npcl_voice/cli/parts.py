"""The doctor's checks of our own parts: the company's data, phrases, the database, the mouth and the ears."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from npcl_voice.cli.findings import REINSTALL, Finding, failure, ok, warning
from npcl_voice.config import Settings
from npcl_voice.domain.company import FILES, Company
from npcl_voice.domain.safety import read_safety
from npcl_voice.errors import SettingsError, UnavailableError

if TYPE_CHECKING:
    from npcl_voice.speech.local.mouth import Speaker

__all__ = ["check_company", "check_database", "check_ears", "check_mouth", "check_phrases"]

BACKLOG = 1_000
"""Jobs in the outbox from which nobody seems to deliver them."""

SENTENCE = "There is no power in my house."
WORDS = ("no", "power", "my", "house")
LOUD_ENOUGH = 1_000
"""Of 32767: the peak of any spoken sentence is several times that."""


def check_company(company: Company, texts: Mapping[str, str], damaged: Sequence[SettingsError]) -> Iterator[Finding]:
    """Each file with what nobody has confirmed; `texts` are the operator's, `damaged` those that do not count."""
    name, today = "company data", datetime.now(UTC).date()
    for error in damaged:
        yield failure(name, str(error), "correct the file; docs/reference/company-data.md says what may stand in it")
    unsure = [file for file, _ in company.doubtful()]
    for file in FILES:
        entries = getattr(company, file.removesuffix(".toml"))
        doubts = unsure.count(file)
        future = sum(entry.as_of > today for entry in entries)
        whose = " of the operator's" if file in texts else ""
        found = f"{file}: {len(entries)} {'entry' if len(entries) == 1 else 'entries'}{whose}"
        found += f", {doubts} not confirmed and never spoken" if doubts else ""
        if future:
            yield warning(name, f"{found}; {future} are dated in the future", "correct as_of, or the clock")
        else:
            yield ok(name, found)
    silent = [f"{one.kind} in {one.language}" for one in read_safety(texts.get("safety.toml", "")) if not one.reviewed]
    if silent:
        found = f"safety.toml: words that nobody has reviewed are not said: {', '.join(silent)}"
        yield warning(name, found, "have them reviewed and set reviewed = true; the packaged words are said meanwhile")
    reached = ", ".join(f"{one.name} {one.number} ({one.hours})" for one in company.transfers if one.confirmed)
    yield ok(name, f"calls may be handed to: {reached or 'nobody yet; a callback is booked'}")


def check_phrases(company: Company) -> Iterator[Finding]:
    """Whether every language has words for everything that is said."""
    from npcl_voice.conversation.phrases import languages, load_phrases

    english = load_phrases("en", company).say.keys()
    for language in languages():
        phrases = load_phrases(language, company)
        missing = sorted(english - phrases.say.keys())
        if missing:
            yield failure("phrases", f"{phrases.name} has no words for {', '.join(missing)}", REINSTALL)
        else:
            yield ok("phrases", f"{phrases.name}: {len(phrases.say)}, complete")


def check_database(settings: Settings) -> Iterator[Finding]:
    """Whether the database answers, is whole and of our schema, its audit unbroken, its outbox short."""
    yield from asyncio.run(_database_findings(settings.store.database_url.reveal()))


async def _database_findings(url: str) -> list[Finding]:
    from sqlalchemy import inspect, text

    from npcl_voice.store import ledger, outbox
    from npcl_voice.store.engine import REMEDY, Database
    from npcl_voice.store.schema import HEAD, revision

    name = "database"
    database = Database(url)
    try:
        if database.file is not None and not database.file.exists():
            return [ok(name, f"{database.name} will be made on first use")]
        async with database.read() as connection:
            if database.is_sqlite:
                damage = (await connection.execute(text("PRAGMA quick_check(1)"))).scalar_one()
                if damage != "ok":
                    return [failure(name, f"{database.name} is damaged ({' '.join(damage.split())})", REMEDY)]
            found = await connection.run_sync(revision)
            if found is None:
                if await connection.run_sync(lambda sync: inspect(sync).get_table_names()):
                    return [failure(name, f"{database.name} holds another program's tables", "set NPCL_DATABASE_URL")]
                return [ok(name, f"{database.name} is empty and will be set up on first use")]
            if found > HEAD:
                shown = f"{database.name} has schema {found}, this program knows up to {HEAD}"
                return [failure(name, shown, "upgrade npcl-voice, or name another database")]
            if found < HEAD:
                shown = f"{database.name} has schema {found}; the next start brings it to {HEAD}"
                return [warning(name, shown, "make a copy of it, then start npcl-voice")]
            broken = await ledger.first_break(connection)
            owed = await outbox.pending(connection)
        findings = [ok(name, f"{database.name}, schema {found}")]
        if broken is None:
            findings.append(ok("audit", "the chain of entries is whole"))
        else:
            remedy = "keep a copy of the database as it is, and find out who changed it"
            findings.append(failure("audit", f"entry {broken} is missing or was changed", remedy))
        if owed > BACKLOG:
            findings.append(warning("outbox", f"{owed} jobs are owed", "see that somebody delivers them"))
        else:
            findings.append(ok("outbox", f"{owed} jobs are owed"))
        return findings
    finally:
        await database.close()


def check_mouth(settings: Settings, company: Company) -> Iterator[Finding]:
    """Whether the voice renders a sentence that can be heard."""
    import numpy as np

    speaker = _speaker(settings, company)
    samples = speaker.render(SENTENCE)
    peak = int(np.abs(samples.astype(np.int32)).max(initial=0))
    local = settings.local
    found = f"{local.voice_model or f'flite {local.voice}'} says a sentence in {samples.size / speaker.rate_hz:.1f} s"
    if peak < LOUD_ENOUGH:
        yield failure("mouth", f"{found}, but it is silent", "install the voice's library again")
    else:
        yield ok("mouth", found)
    yield from _other_mouths(settings, company)


def _other_mouths(settings: Settings, company: Company) -> Iterator[Finding]:
    """The voices of the other languages: without them the English one speaks, and is hardly understood."""
    from npcl_voice.conversation.phrases import languages, load_phrases
    from npcl_voice.speech.local.hindi import HindiMouth
    from npcl_voice.speech.local.reading_hindi import HindiReading
    from npcl_voice.speech.local.speakers import ESPEAK

    for phrases in (load_phrases(language, company) for language in languages()):
        if (voice := phrases.voice.get(ESPEAK)) is None:
            continue
        try:
            speaker = HindiMouth(settings.local.speed, HindiReading(company), voice)
            seconds = speaker.render(phrases.say["ask_help"]).size / speaker.rate_hz
        except UnavailableError as error:
            found = f"{error}; until then the English voice reads {phrases.name}, and is hardly understood"
            yield warning("mouth", found, f"install the system package {ESPEAK}")
        else:
            yield ok("mouth", f"{ESPEAK} {voice} says a sentence in {phrases.name} in {seconds:.1f} s")


def check_ears(settings: Settings, company: Company) -> Iterator[Finding]:
    """Whether the ears get what the mouth says, and how many callers this machine can hear at once."""
    yield from asyncio.run(_ears_findings(settings, company))


async def _ears_findings(settings: Settings, company: Company) -> list[Finding]:
    import numpy as np

    from npcl_voice.conversation.phrases import load_book
    from npcl_voice.meaning.expectation import ANYTHING, heard_at_first
    from npcl_voice.speech.local.larger import EarsChoice
    from npcl_voice.speech.local.leg import Ended
    from npcl_voice.speech.local.workers import Workers

    local, speaker = settings.local, _speaker(settings, company)
    expected = heard_at_first(settings.call.language)
    choice = EarsChoice.of(load_book("en", company), company.areas, local.recogniser_model, expected)
    quiet = np.zeros(speaker.rate_hz // 2, np.int16)
    sound = np.concatenate([quiet, speaker.render(SENTENCE), quiet]).tobytes()
    async with Workers(choice, speaker, local.workers or None) as workers:
        capacity = workers.capacity
        leg = await workers.leg()
        events = [*await leg.feed(sound, ANYTHING, settings.turns.silence_ms_any), *await leg.commit(ANYTHING)]
        leg.close()
    heard = " ".join(event.text for event in events if isinstance(event, Ended))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    size = f"{cores} cores; {capacity} callers may speak at once"
    return [
        ok("ears", f"said {SENTENCE!r}, heard {heard!r}")
        if set(WORDS) <= set(heard.split())
        else failure("ears", f"said {SENTENCE!r}, heard {heard!r}", REINSTALL),
        ok("capacity", size)
        if cores > 1
        else warning("capacity", size, "two cores or more keep hearing from delaying the voice"),
    ]


def _speaker(settings: Settings, company: Company) -> "Speaker":
    from npcl_voice.speech.local.larger import speaker_of
    from npcl_voice.speech.local.reading import Reading

    local = settings.local
    return speaker_of(local.voice, local.speed, local.voice_model, Reading(company=company))
