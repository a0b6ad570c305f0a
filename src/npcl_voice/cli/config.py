"""`npcl-voice config`: every setting with its value, unit, reason and source."""

import ast
import inspect
import json
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from npcl_voice.cli.keystore import SETTING
from npcl_voice.cli.settings import read_settings
from npcl_voice.config import Secret, Setting, Settings, sections

__all__ = ["config", "doorplate", "key_source", "with_reasons"]


def config(
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list.")] = False,
) -> None:
    """Show every setting with its value, unit, reason and source. Secrets show only whether they are set."""
    settings, sources = read_settings()
    if as_json:
        typer.echo(json.dumps([_line(*pair, settings, sources) for pair in with_reasons()], indent=2))
        return
    section = ""
    for setting, reason in with_reasons():
        if setting.section != section:
            section = setting.section
            typer.echo(typer.style(f"{section}: {doorplate(section)}", bold=True))
        line = _line(setting, reason, settings, sources)
        typer.echo(f"  {line['name']} = {line['value']} {line['unit']}".rstrip() + f"  [{line['source']}]")
        typer.echo(f"      {reason}")
    typer.echo(_who_answers(settings))


def _line(setting: Setting, reason: str, settings: Settings, sources: dict[str, str]) -> dict[str, Any]:
    return {
        "name": setting.env,
        "value": _plain(getattr(getattr(settings, setting.section), setting.field)),
        "unit": setting.unit,
        "source": _source(setting.env, sources),
        "default": _plain(setting.default),
        "allowed": setting.allowed,
        "reason": reason,
    }


def with_reasons() -> Iterator[tuple[Setting, str]]:
    """Each setting with the text beneath its field, which only the source has."""
    reasons: dict[str, str] = {}
    for room in ast.parse(inspect.getsource(sections)).body:
        if isinstance(room, ast.ClassDef):
            for field, text in zip(room.body, room.body[1:], strict=False):
                match field, text:
                    case (
                        ast.AnnAssign(target=ast.Name(id=name)),
                        ast.Expr(value=ast.Constant(value=str(reason))),
                    ):
                        reasons[f"{room.name.lower()}.{name}"] = " ".join(reason.split())
    for setting in Settings.catalogue():
        yield setting, reasons[f"{setting.section}.{setting.field}"]


def doorplate(section: str) -> str:
    """What a section of the settings is about."""
    return inspect.getdoc(getattr(sections, section.capitalize())) or ""


def key_source(sources: dict[str, str]) -> str:
    """Where the remote engine's key comes from."""
    return _source(SETTING, sources)


def _source(env: str, sources: dict[str, str]) -> str:
    from_file = f"{env}_FILE"
    if from_file in sources:
        return f"file named in {sources[from_file]}"
    return sources.get(env, "default")


def _plain(value: Any) -> Any:
    """A value as JSON can hold it and anybody may see it."""
    if isinstance(value, tuple):
        return f"{len(value)} set" if value else "not set"
    if isinstance(value, Secret):
        return str(value) or "not set"
    return value if isinstance(value, int | float | str) else str(value)


def _who_answers(settings: Settings) -> str:
    name = settings.engine.name
    if name == "local" or not settings.remote_configured:
        return "The embedded engine answers; nothing leaves this machine."
    host = urlsplit(settings.realtime.realtime_url).hostname
    return f"The remote engine at {host} answers, and the embedded one where it cannot."
