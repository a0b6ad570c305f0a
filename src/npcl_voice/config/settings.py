"""All settings together: read once, from a mapping, and checked against each other."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from npcl_voice.config.sections import (
    OPENAI_URL,
    Audio,
    Call,
    Domain,
    Engine,
    Local,
    Masking,
    Outbox,
    Realtime,
    Retention,
    Service,
    Store,
    Turns,
)
from npcl_voice.config.setting import Setting
from npcl_voice.errors import SettingsError
from npcl_voice.secret import DatabaseUrl

__all__ = ["Settings", "check_webhook"]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that may be set, in the order in which `npcl-voice config` shows it."""

    engine: Engine = Engine()
    realtime: Realtime = Realtime()
    call: Call = Call()
    turns: Turns = Turns()
    audio: Audio = Audio()
    local: Local = Local()
    store: Store = Store()
    retention: Retention = Retention()
    domain: Domain = Domain()
    service: Service = Service()
    outbox: Outbox = Outbox()
    masking: Masking = Masking()

    @property
    def remote_configured(self) -> bool:
        """Whether there is a remote engine to ask: a key for OpenAI's, or a server of one's own."""
        return bool(self.engine.openai_api_key) or self.realtime.realtime_url != OPENAI_URL

    @classmethod
    def catalogue(cls) -> Iterator[Setting]:
        """Every setting, section by section."""
        for section in msgspec.structs.fields(cls):
            for field in msgspec.structs.fields(section.type):
                path = f"{section.name}.{field.name}"
                env = NAMES.get(path, f"NPCL_{field.name.upper()}")
                yield Setting(env, section.name, field.name, field.type, field.default)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, str]) -> "Settings":
        """Read the settings of an environment; an empty value counts as not given.

        Each secret may come as the content of the file that `<NAME>_FILE` names. Raises
        SettingsError for a value that is not allowed, a file that cannot be read, and a name that
        begins with `NPCL_` and is none of ours.
        """
        given = {name: value.strip() for name, value in mapping.items() if value.strip()}
        known = list(cls.catalogue())
        _refuse_unknown(given, known)
        sections: dict[str, dict[str, Any]] = {field: {} for field in cls.__struct_fields__}
        for setting in known:
            text = setting.given(given)
            if text is not None:
                sections[setting.section][setting.field] = setting.parse(text)
        _fill_in(sections["store"])
        settings = cls(**{field.name: field.type(**sections[field.name]) for field in msgspec.structs.fields(cls)})
        _check_together(settings)
        return settings


NAMES = {
    "engine.name": "NPCL_ENGINE",
    "engine.openai_api_key": "OPENAI_API_KEY",
    "call.limit_s": "NPCL_CALL_LIMIT_S",
    "call.limit_warning_s": "NPCL_CALL_WARNING_S",
}
"""Environment names that do not follow from the field's name."""

OUTSIDE = ("NPCL_DEBUG",)
"""Names that belong to the front door alone: `NPCL_DEBUG=1` shows where an error came from."""

TESTS = "NPCL_TEST_"
"""What begins like this is the tests' own."""

SHORTEST_KEY = 16

SQLITE, POSTGRESQL = "sqlite+aiosqlite:///", "postgresql+psycopg://"


def _fill_in(store: dict[str, Any]) -> None:
    """Put the database into the data folder unless it was given another place."""
    folder = store.get("data_dir", Path())
    store.setdefault("database_url", DatabaseUrl(f"{SQLITE}{folder / 'npcl-voice.db'}"))


def _check_together(settings: Settings) -> None:
    """What no single setting's type can say."""
    if settings.audio.chunk_bytes % 2:
        raise SettingsError(
            "NPCL_CHUNK_BYTES", f"{settings.audio.chunk_bytes} is odd; allowed: whole samples of 2 bytes"
        )
    call, key, url = settings.call, settings.masking.secret_key, settings.store.database_url
    if call.limit_warning_s >= call.limit_s:
        end = f"NPCL_CALL_LIMIT_S={call.limit_s:g}"
        raise SettingsError("NPCL_CALL_WARNING_S", f"{call.limit_warning_s:g} is not before the call's end, {end}")
    if 0 < len(key.reveal()) < SHORTEST_KEY:
        raise SettingsError("NPCL_SECRET_KEY", f"too short; allowed: at least {SHORTEST_KEY} characters")
    if not url.reveal().startswith((SQLITE, POSTGRESQL)):
        allowed = f"{SQLITE}FILE, {POSTGRESQL}USER:PASSWORD@HOST/NAME"
        raise SettingsError("NPCL_DATABASE_URL", f"{url} is no address that we can use; allowed: {allowed}")
    remote = settings.realtime
    remote.realtime_url.check(remote.realtime_plain_hosts, "NPCL_REALTIME_URL")
    if remote.realtime_fallback_url:
        remote.realtime_fallback_url.check(remote.realtime_plain_hosts, "NPCL_REALTIME_FALLBACK_URL")
    check_webhook(settings.outbox)


def check_webhook(outbox: Outbox) -> None:
    """See that what is sent to the webhook cannot be read on the way, and can be signed.

    Raises SettingsError, which never shows the whole address.
    """
    secret = outbox.webhook_secret
    try:
        if secret and len(secret.key()) < SHORTEST_KEY:
            raise SettingsError("NPCL_WEBHOOK_SECRET", f"too short; allowed: at least {SHORTEST_KEY} bytes")
    except ValueError:
        raise SettingsError("NPCL_WEBHOOK_SECRET", "what stands after whsec_ is no base64") from None
    if outbox.webhook_url:
        outbox.webhook_url.check(outbox.webhook_http_hosts, "NPCL_WEBHOOK_URL")
        if not secret:
            message = "is needed to sign what is sent; write whsec_ and what `openssl rand -base64 32` prints"
            raise SettingsError("NPCL_WEBHOOK_SECRET", message)


def _refuse_unknown(given: Mapping[str, str], known: list[Setting]) -> None:
    names = {setting.env for setting in known} | {f"{setting.env}_FILE" for setting in known if setting.secret}
    names.update(OUTSIDE)
    for name in sorted(given):
        if name.startswith("NPCL_") and name not in names and not name.startswith(TESTS):
            nearest = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.0)
            raise SettingsError(name, f"there is no such setting; the nearest is {nearest[0]}")
