"""The pages of the documentation that are drawn from the code; `make docs` writes them.

`tests/docs/test_drawn.py` compares what stands in `docs/` with what this gives.
"""

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from npcl_voice.cli import COMMANDS, load_command
from npcl_voice.cli.config import doorplate, with_reasons
from npcl_voice.config import Setting
from npcl_voice.conversation.brief import brief_for, parts
from npcl_voice.conversation.phrases import languages, load_phrases
from npcl_voice.intents import INTENTS
from tests.conformance.page import other_clients_page
from tests.docs.company import company_page
from tests.docs.failures import failures_page
from tests.docs.pictures import svg
from tests.docs.states import states_page

DOCS = Path(__file__).parent.parent.parent / "docs"

DRAWN = "<!-- drawn from the code by `make docs`; change it there -->"


def settings_page() -> str:
    """Every setting, from `config/`."""
    lines = [
        "# Settings",
        "",
        DRAWN,
        "",
        "Read from the environment and from a file `.env` in the current folder; the environment wins. An",
        "empty value counts as not given. A wrong value, or a name that begins with `NPCL_` and is not listed",
        "here, stops the program with one line that names it. A secret may also come as `<NAME>_FILE`, the",
        "path of a file that holds it. `npcl-voice config` shows this list with your values in it.",
    ]
    section = ""
    for setting, reason in with_reasons():
        if setting.section != section:
            section = setting.section
            lines += ["", f"## {section}", "", doorplate(section), ""]
            lines += ["| Name | Default | Allowed | Why |", "|---|---|---|---|"]
        allowed = f"{setting.allowed}, secret" if setting.secret else setting.allowed
        lines.append(f"| `{setting.env}` | {_default(setting)} | {allowed} | {reason} |")
    lines += ["", "`NPCL_DEBUG=1` shows where in the code an error came from.", ""]
    return "\n".join(lines)


def _default(setting: Setting) -> str:
    if setting.field in {"data_dir", "database_url"}:
        return "see why"
    if setting.secret or setting.default == "":
        return "none"
    return f"`{setting.default}` {setting.unit}".rstrip()


def commands_page() -> str:
    """Every command with its arguments and options, from `cli/`."""
    lines = [
        "# Commands",
        "",
        DRAWN,
        "",
        "`npcl-voice COMMAND`, or `python -m npcl_voice COMMAND`. Each has `--help`. The exit code is 0 only when",
        "the work was done: 1 for an error, in one line on standard error; 2 for a wrong argument; 130 after",
        "Ctrl-C. `npcl-voice --version` says which one it is.",
    ]
    for name in COMMANDS:
        command = load_command(name)
        for path, one in _leaves(f"npcl-voice {name}", command):
            usage = " ".join([path, *(f"[{p.name.upper()}]" for p in one.params if p.param_type_name == "argument")])
            lines += ["", f"## `{usage}`", "", inspect.cleandoc(one.help or ""), ""]
            options = [p for p in one.params if p.param_type_name == "option" and not p.hidden]
            if options:
                lines += ["| Option | What it does |", "|---|---|"]
                lines += [f"| `{', '.join([*p.opts, *p.secondary_opts])}` | {p.help or ''} |" for p in options]
    return "\n".join([*lines, ""])


def _leaves(path: str, command) -> Iterator[tuple[str, object]]:
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from _leaves(f"{path} {name}", inner)
    else:
        yield path, command


def phrases_page() -> str:
    """What the assistant says, from `phrases/`."""
    lines = [
        "# Phrases",
        "",
        DRAWN,
        "",
        "What the assistant says, by key; `{gaps}` are filled from the store and the call. To change one, change",
        "`conversation/phrases/<language>.toml`. To add a language, copy `en.toml`, translate it, name its voice.",
        "Safety words and helplines are [the company's data](company-data.md).",
        "The same file's table `hear` holds what callers may say, as templates: `(a|b|)` are alternatives, `{place}`",
        "is a named part.",
    ]
    for language in languages():
        phrases = load_phrases(language)
        lines += ["", f"## {phrases.name}", "", "| Key | Said |", "|---|---|"]
        lines += [f"| `{key}` | {' '.join(text.split())} |" for key, text in phrases.say.items()]
    return "\n".join([*lines, ""])


def prompt_page() -> str:
    """What a remote model is told, from `conversation/brief.toml` and `intents/`."""
    brief = brief_for(load_phrases("en"), [intent.tool() for intent in INTENTS.values()])
    lines = [
        "# What a remote model is told",
        "",
        DRAWN,
        "",
        "`npcl-voice prompt` shows it as a call hands it over, `--language` in another language, `--json` for scripts.",
        "The parts are in `conversation/brief.toml`, the style in `conversation/phrases/<language>.toml`, each tool in",
        "its file of `intents/`. The version is a digest of all of it; the last line of the instructions tells it.",
        "Whatever a model is talked into, the tools themselves refuse what a caller has no right to.",
        "",
        f"Version in English: `{brief.version}`.",
        "",
        "## Instructions",
    ]
    for part in parts():
        lines += ["", f"**{part.name}**: {' '.join(part.text.split())}"]
    lines += [
        "",
        f"**style**: {' '.join(brief.style.split())}",
        "",
        "## Tools",
        "",
        "| Tool | Parameters | What it is told of it |",
    ]
    lines.append("|---|---|---|")
    for tool in brief.tools:
        known = tool.parameters or {}
        names = [f"`{name}`" + ("" if name in known.get("required", ()) else "?") for name in known["properties"]]
        lines.append(f"| `{tool.name}` | {', '.join(names) or 'none'} | {' '.join((tool.description or '').split())} |")
    return "\n".join([*lines, ""])


PAGES: dict[str, Callable[[], str]] = {
    "reference/settings.md": settings_page,
    "reference/commands.md": commands_page,
    "reference/states.md": states_page,
    "reference/phrases.md": phrases_page,
    "reference/prompt.md": prompt_page,
    "reference/company-data.md": company_page,
    "reference/failures.md": partial(failures_page, DRAWN),
    "reference/other-clients.md": other_clients_page,
    "pictures/call-80.svg": partial(svg, 80),
    "pictures/call-140.svg": partial(svg, 140),
}


def main() -> None:
    """Write the pages."""
    for name, draw in PAGES.items():
        (DOCS / name).write_text(draw(), "utf-8")


if __name__ == "__main__":
    main()
