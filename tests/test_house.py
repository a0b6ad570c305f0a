"""The house: quiet rooms stay quiet, `__all__` is true, phrases are complete, pages say what the code does."""

import ast
import fnmatch
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from npcl_voice.config import Settings
from npcl_voice.conversation.phrases import languages, load_phrases
from npcl_voice.conversation.questions import QUESTIONS

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "npcl_voice"

QUIET_ROOMS = ("audio", "realtime", "domain", "meaning", "conversation", "intents")

MAY_COME_IN = {
    # from outside
    "babel", "msgspec", "numpy", "rapidfuzz", "soxr",
    # the pure parts of the standard library
    "__future__", "abc", "base64", "bisect", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions",
    "functools", "hashlib", "heapq", "importlib.resources", "itertools", "json", "math", "operator", "re", "string",
    "struct", "tomllib", "types", "typing", "unicodedata", "zoneinfo",
}  # fmt: skip
"""What a quiet room may import. A list of what may come in has no holes; a list of what may not has."""

WINDOWS = {"__import__", "breakpoint", "compile", "eval", "exec", "input", "open", "print"}
"""Builtins through which a quiet room would reach outside."""

LONGEST_FILE = 500


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def modules(*rooms: str) -> list[Path]:
    """The Python files of some rooms, of the whole house without any."""
    folders = [SOURCE / room for room in rooms] or [SOURCE]
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every imported module, by its line."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module="importlib", names=names):
                yield from ((node.lineno, f"importlib.{alias.name}") for alias in names)
            case ast.ImportFrom(module=module, level=0):
                yield node.lineno, module or ""


@pytest.mark.parametrize("path", modules(*QUIET_ROOMS), ids=name_of)
def test_quiet_rooms_have_no_windows(path) -> None:
    """A quiet room imports what computes, nothing that reads, writes, waits, logs or rolls dice."""
    for line, module in imported(parsed(path)):
        top = module.partition(".")[0]
        allowed = top == "npcl_voice" or top in MAY_COME_IN or module in MAY_COME_IN
        assert allowed, f"{name_of(path)}:{line} imports {module}"
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in WINDOWS, f"{name_of(path)}:{node.lineno} calls {node.func.id}"
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            assert path.parent.name == "intents", (
                f"{name_of(path)}:{node.lineno}: only intents may await, and only the Desk"
            )
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
            assert not (isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}), (
                f"{name_of(path)}:{node.lineno}: time is an argument"
            )
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            chance = node.value.attr == "random" and isinstance(node.value.value, ast.Name)
            assert not (chance and node.value.value.id in {"np", "numpy"}), (
                f"{name_of(path)}:{node.lineno}: chance is too"
            )


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_all_is_true(path) -> None:
    """Every module says what it offers, and has it. A door without anything behind it has only its sentence."""
    tree = parsed(path)
    assert ast.get_docstring(tree), f"{name_of(path)} does not say what it is for"
    beyond_docstring = tree.body[1:]
    if not beyond_docstring or "migrations" in path.parts:
        return
    offered = None
    there: set[str] = set()
    for node in beyond_docstring:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                offered = ast.literal_eval(value)
            case ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value):
                offered = ast.literal_eval(value)
            case ast.Assign(targets=targets):
                there.update(name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                there.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                there.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                there.update((alias.asname or alias.name).partition(".")[0] for alias in names)
    assert offered is not None, f"{name_of(path)} has no __all__"
    assert len(offered) == len(set(offered))
    assert set(offered) <= there, f"{name_of(path)} offers what it has not: {set(offered) - there}"
    assert not [name for name in offered if name.startswith("_") and name != "__version__"]


@pytest.mark.parametrize("path", [*modules(), *sorted((ROOT / "tests").rglob("*.py"))], ids=name_of)
def test_no_file_is_too_long(path) -> None:
    """At 500 lines there is a second reason to change: look for it."""
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", [path for path in modules() if "cli" not in path.parts], ids=name_of)
def test_only_the_front_door_reads_the_environment(path) -> None:
    """Settings are read once and handed down."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"environ", "getenv"}, f"{name_of(path)}:{node.lineno}"
    assert "dotenv" not in {module.partition(".")[0] for _, module in imported(parsed(path))}


def test_every_setting_is_read_by_somebody() -> None:
    """A setting that nobody reads promises what nobody keeps."""
    read = {
        node.attr
        for path in modules()
        if SOURCE / "config" not in path.parents
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
    }
    assert {setting.field for setting in Settings.catalogue()} - read == set()


def test_the_import_contracts_are_the_page_s() -> None:
    """`docs/explanation/house.md` shows the contracts that `make check` runs, word for word."""
    page = (ROOT / "docs" / "explanation" / "house.md").read_text("utf-8")
    shown = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    assert tomllib.loads(shown[1])["tool"]["importlinter"] == contracts


def test_data_beside_the_code_is_packaged() -> None:
    """What an installed copy needs travels with it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["*"]
    for path in SOURCE.rglob("*"):
        if path.is_file() and path.suffix not in {".py", ".pyc"}:
            assert any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns), name_of(path)
            assert (path.parent / "__init__.py").exists() or (path.parent.parent / "__init__.py").exists()


def spoken() -> Iterator[tuple[str, ast.expr, ast.expr | None]]:
    """Every line that the code has said: where, the phrase, and the values that fill its gaps."""
    for path in modules():
        for node in ast.walk(parsed(path)):
            match node:
                case ast.Call(func=ast.Name(id="Line"), args=[phrase, *rest]):
                    yield f"{name_of(path)}:{node.lineno}", phrase, rest[0] if rest else None


def test_every_phrase_that_the_code_says_is_there_and_its_gaps_are_filled() -> None:
    """A key that is not in the phrases, or a gap that nothing fills, would be a silent call."""
    phrases = load_phrases("en")
    for where, phrase, values in spoken():
        match phrase:
            case ast.Constant(value=str(key)):
                assert key in phrases.say, f"{where}: {key}"
                if isinstance(values, ast.Dict) and None not in values.keys:
                    given = {ast.literal_eval(key_node) for key_node in values.keys if key_node}
                    assert phrases.gaps(key) <= given | phrases.values.keys(), f"{where}: {key}"
                elif values is None:
                    assert phrases.gaps(key) <= phrases.values.keys(), f"{where}: {key}"
            case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
                assert any(key.startswith(start) for key in phrases.say), f"{where}: {start}"


def test_every_question_has_its_phrases() -> None:
    """A question can be asked, asked again, and asked for the keypad."""
    phrases = load_phrases("en")
    for question in QUESTIONS.values():
        for phrase in (question.phrase, question.again, question.keypad):
            assert phrase is None or phrase in phrases.say, phrase
        assert question.confirm is None or question.confirm in QUESTIONS


def test_every_phrase_is_said_by_somebody() -> None:
    """A phrase that nothing says is read by translators for nothing."""
    whole, starts = set(), set()
    for path in modules():
        for node in ast.walk(parsed(path)):
            match node:
                case ast.Constant(value=str(text)):
                    whole.add(text)
                case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]) if start.endswith("_"):
                    starts.add(start)
    unsaid = [key for key in load_phrases("en").say if key not in whole and not key.startswith(tuple(starts))]
    assert unsaid == []


@pytest.mark.parametrize("language", languages())
def test_languages_have_the_same_phrases_with_the_same_gaps(language) -> None:
    """A language is whole: nothing is missing, nothing is left over, every gap is where English has it."""
    english, other = load_phrases("en"), load_phrases(language)
    assert other.say.keys() == english.say.keys()
    assert other.values.keys() == english.values.keys()
    assert other.hear.keys() == english.hear.keys()
    for phrase in english.say:
        assert other.gaps(phrase) == english.gaps(phrase), phrase
