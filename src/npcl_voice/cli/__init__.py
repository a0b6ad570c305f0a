"""THE FRONT DOOR: one file a command; each loads what it needs only when called.

The convention for a command's file `cli/<name>.py`:

- A command is a function of the file's own name whose parameters carry Typer's annotations
  (`Annotated[bool, typer.Option(help=...)] = False`); its docstring is what `--help` shows. The
  function of `complaints list` would be called `list`, which shadows a builtin, so a group of
  commands offers `app: typer.Typer` instead, and names its commands there (`@app.command("list")`).
- At the top of the file stand the standard library, typer and `npcl_voice.errors`; everything
  heavier is imported inside the function. Then `npcl-voice --help`, and the help of each command,
  load nothing that they do not show.
- A command prints results to standard output and everything else to standard error. It returns
  nothing when the work was done and raises when it was not: an `NpclVoiceError` becomes one line on
  standard error and exit code 1, a wrong argument (`typer.BadParameter`) exit code 2,
  `typer.Exit(code)` any other. Ctrl-C that nobody handled gives 130.
- Settings come from `cli.settings.load_settings()`; nobody else reads the environment.
- A new command gets its line in `COMMANDS`, in the order in which a newcomer needs it.
"""

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from npcl_voice import __version__
from npcl_voice.errors import NpclVoiceError

__all__ = ["COMMANDS", "load_command", "main"]

COMMANDS = {
    "call": "Hold a call: you at the microphone or keyboard, recordings, or a synthetic caller.",
    "devices": "Show the sound devices, try them, and choose two.",
    "hear": "Show what the embedded ears make of recordings.",
    "say": "Write the assistant's voice to a WAV file.",
    "understand": "Show what was meant by a sentence, one JSON line each.",
    "calls": "Look at the calls that were held.",
    "complaints": "List, show, add, assign, close and reopen complaints, and read their codes.",
    "callbacks": "List the callbacks that callers were promised, and note what came of them.",
    "handovers": "List what was handed over to persons.",
    "outages": "List, add, estimate and restore outages.",
    "outbox": "Look at what is owed to other systems, and deliver it.",
    "replay": "Run a call's event log again and compare the commands.",
    "serve": "Offer the embedded engine to Realtime clients over the network.",
    "prompt": "Show what a remote model is told of its task: instructions, tools, greeting, style.",
    "twin": "Play the Realtime API on this machine, with failures as a script has them.",
    "erase": "Erase a caller's data, and give a receipt.",
    "retention": "Let go of what has been kept long enough.",
    "doctor": "Check everything that a call needs, and say what to do.",
    "key": "Keep the remote engine's key, encrypted, or forget it.",
    "config": "Show every setting with its value, unit, reason and source.",
}
"""Every command and the line that `npcl-voice --help` shows for it, without loading it."""

INTERRUPTED = 130
"""128 + SIGINT, as shells report it."""


class _FrontDoor(TyperGroup):
    """A group that knows its commands by name and loads the one that is called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, short_help in COMMANDS.items():
            self.add_command(TyperCommand(name, help=short_help))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Put the loaded command in place of the line that stood for it."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, load_command(name) if name in COMMANDS else command, rest


def load_command(name: str) -> Any:
    """The command or group of that name, with its module imported."""
    module = importlib.import_module(f"npcl_voice.cli.{name}")
    if hasattr(module, "app"):
        group = get_group(module.app)  # get_command would melt a group of one into its only command
        group.name = name
        return group
    alone = typer.Typer(add_completion=False)
    alone.command(name)(getattr(module, name))
    return get_command(alone)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"npcl-voice {__version__}")
        raise typer.Exit


app = typer.Typer(name="npcl-voice", cls=_FrontDoor, add_completion=False, no_args_is_help=True)


@app.callback()
def _front_door(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """A power utility's customers call; the assistant hears, understands, answers and remembers."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command that `arguments` (else the process's own) name, and leave with its exit code."""
    code = _run(arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = _let_go_of_output()
    raise SystemExit(code)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = get_command(app).main(arguments, prog_name="npcl-voice", standalone_mode=False)
    except BrokenPipeError:
        return _let_go_of_output()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the edge of the program: nobody above could say it better
        return _explain(error)
    return result if isinstance(result, int) else 0


def _explain(error: Exception) -> int:
    """Say in one line what went wrong; the exit code for it."""
    if os.environ.get("NPCL_DEBUG", "") not in ("", "0"):
        traceback.print_exception(error)
    cause = _our_own(error)
    if cause is not None:
        _complain(str(cause))
        return 1
    if isinstance(error, typer.TyperException):
        context = getattr(error, "ctx", None)
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(error.format_message(), err=True)
        else:
            where = context.command_path if context is not None else "npcl-voice"
            _complain(f"{error.format_message()} ({where} --help shows what there is)")
        return error.exit_code
    if isinstance(error, typer.Abort):
        return INTERRUPTED
    _complain(f"unexpected {type(error).__name__}: {error} (NPCL_DEBUG=1 shows where)")
    return 1


def _our_own(error: BaseException) -> NpclVoiceError | None:
    """The first of our own errors in `error`, which may be a group that a task group raised."""
    if isinstance(error, NpclVoiceError):
        return error
    if isinstance(error, BaseExceptionGroup):
        return next((found for inner in error.exceptions if (found := _our_own(inner))), None)
    return None


def _complain(message: str) -> None:
    typer.echo("npcl-voice: " + " ".join(message.split()), err=True)


def _let_go_of_output() -> int:
    """Whoever read our output has gone: say nothing more, not even while the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
