"""Everything the doctor looks at, in its order: the quick checks first, the ears last."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from npcl_voice.cli import machine, parts, remote
from npcl_voice.cli.findings import REINSTALL, Finding, covered, failure, guarded, ok
from npcl_voice.cli.keystore import with_kept_key
from npcl_voice.cli.settings import gather_settings
from npcl_voice.config import Settings
from npcl_voice.domain.company import Company, packaged_company, read_company
from npcl_voice.errors import SettingsError

__all__ = ["examine", "forgiving_company", "forgiving_settings"]

AS_LISTED = "correct it; `npcl-voice config` lists every setting with what is allowed"
NOWHERE = Path(f"{os.devnull}.none")
"""A folder without a `.env`."""

Look = Callable[[], Iterable[Finding]]


def examine() -> Iterator[str | Finding]:
    """All checks in order: the name of each before it is made, then what it found."""
    settings, wrong = forgiving_settings()
    secrets = _secrets(settings)
    company, texts, damaged = forgiving_company(settings)
    checks: tuple[tuple[str, str, Look], ...] = (
        ("python", REINSTALL, machine.check_python),
        ("packages", REINSTALL, machine.check_packages),
        ("settings", AS_LISTED, partial(_settings, settings, wrong)),
        ("openai key", AS_LISTED, partial(machine.check_openai_key, settings)),
        (
            "data folder",
            "name another folder with NPCL_DATA_DIR",
            partial(machine.check_data_folder, settings.store.data_dir),
        ),
        ("disk", "make room", partial(machine.check_disk, settings.store.data_dir)),
        ("secret key", "see who may read it", partial(machine.check_secret_key, settings)),
        ("clock", "set the system's clock and time zones", machine.check_clock),
        (
            "port",
            "set another NPCL_HOST or NPCL_PORT",
            partial(machine.check_port, settings.service.host, settings.service.port),
        ),
        (
            "company data",
            "correct the file; docs/reference/company-data.md",
            partial(parts.check_company, company, texts, damaged),
        ),
        ("phrases", REINSTALL, partial(parts.check_phrases, company)),
        ("audio devices", "none is needed: a synthetic caller is used", partial(machine.check_audio_devices, settings)),
        ("remote engine", f"see {remote.GUIDE}", partial(remote.check_remote_engines, settings, company)),
        ("database", "see that it is there and may be used, or name another", partial(parts.check_database, settings)),
        (
            "mouth",
            "install the system package libflite1 (Debian, Ubuntu) or flite",
            partial(parts.check_mouth, settings, company),
        ),
        ("ears", REINSTALL, partial(parts.check_ears, settings, company)),
    )
    for name, remedy, check in checks:
        yield f"checking {name}" + (" (the models are loaded, which takes some seconds)" if name == "ears" else "")
        for finding in guarded(name, remedy, check):
            yield covered(finding, secrets)


def forgiving_settings() -> tuple[Settings, list[SettingsError]]:
    """The settings with each wrong one at its default, and what is wrong with those."""
    wrong: list[SettingsError] = []
    elsewhere = {name: value for name, value in os.environ.items() if name != "NPCL_DATA_DIR"}
    for environment, folder in ((None, None), (None, NOWHERE), (elsewhere, NOWHERE)):
        try:
            mapping, _ = gather_settings(environment, folder)
            break
        except SettingsError as error:
            if str(error) not in map(str, wrong):
                wrong.append(error)
    else:  # pragma: no cover - the last of them depends on nothing that was given
        mapping = {}
    sections = {setting.env: setting.section for setting in Settings.catalogue()}
    while True:
        try:
            return _unlocked(Settings.from_mapping(mapping), wrong), wrong
        except SettingsError as error:
            wrong.append(error)
            name = error.setting.removesuffix("_FILE")
            dropped = {name, f"{name}_FILE"} & mapping.keys()
            if not dropped:  # two that do not fit together: neither counts
                dropped = {other for other, section in sections.items() if section == sections.get(name)}
            if not dropped & mapping.keys():
                return Settings.from_mapping({"NPCL_DATA_DIR": mapping["NPCL_DATA_DIR"]}), wrong
            mapping = {other: value for other, value in mapping.items() if other not in dropped}


def _unlocked(settings: Settings, wrong: list[SettingsError]) -> Settings:
    """The settings with the kept key, where it can be read; else what is wrong with it is added."""
    try:
        return with_kept_key(settings)
    except SettingsError as error:
        wrong.append(error)
        return settings


def _secrets(settings: Settings) -> list[str]:
    """What must not be shown, the longest first: every secret setting, of the database's address its password."""
    found: list[str] = []
    for setting in Settings.catalogue():
        if not setting.secret:
            continue
        value = getattr(getattr(settings, setting.section), setting.field)
        given = [secret.reveal() for secret in (value if isinstance(value, tuple) else (value,))]
        if setting.field == "database_url":
            # As it is written, and as it is meant.
            given = [form for url in given for form in (_password(url), unquote(_password(url)))]
        found += given
    return sorted(found, key=len, reverse=True)


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:  # brackets that do not close
        return ""


def forgiving_company(settings: Settings) -> tuple[Company, dict[str, str], list[SettingsError]]:
    """The company's data with the packaged file for each damaged one, the sound files, and what is wrong."""
    try:
        texts = settings.domain.texts()
    except SettingsError as error:
        return packaged_company(), {}, [error]
    damaged: list[SettingsError] = []
    while True:
        try:
            return read_company(texts), texts, damaged
        except SettingsError as error:
            damaged.append(error)
            del texts[error.setting]


def _settings(settings: Settings, wrong: list[SettingsError]) -> Iterator[Finding]:
    for error in wrong:
        yield failure("settings", str(error), AS_LISTED)
    if not wrong:
        shown = f", company data from {settings.domain.domain_dir}" if settings.domain.domain_dir else ""
        yield ok(
            "settings", f"all are allowed; language {settings.call.language}, engine {settings.engine.name}{shown}"
        )
