"""How many small mistakes would the tests of a quiet room notice?

Takes a number of random mutants of some rooms (one changed operator, number, word, argument or
branch each, made by mutmut's generator), runs that room's own tests on each of them, and says
which lived. The checkout is never touched: every worker mutates a copy of its own.

    python -m tests.soak.mutants --count 100 --seed 1 --rooms conversation domain meaning realtime

The report, with every survivor's difference, goes to `build/mutants.json`. The exit code is 0 when
at least `--bar` percent died.
"""

import argparse
import difflib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

import libcst
from mutmut.mutation.file_mutation import Mutation, create_mutations, deep_replace

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("conversation", "domain", "meaning", "realtime")

PASSED, NOTHING_TO_RUN = 0, 5
"""pytest's exit codes that are not the death of a mutant."""


class Mutant(NamedTuple):
    """One mistake: its room and file, the file as it should be, and what is changed in it."""

    room: str
    path: Path
    module: libcst.Module
    mutation: Mutation

    def text(self) -> str:
        """The file with the mistake in it."""
        changed = deep_replace(self.module, self.mutation.original_node, self.mutation.mutated_node)
        assert isinstance(changed, libcst.Module)
        return changed.code

    def difference(self) -> str:
        """What the mistake is, for people."""
        name = str(self.path)
        lines = difflib.unified_diff(
            self.module.code.splitlines(), self.text().splitlines(), name, name, n=1, lineterm=""
        )
        return "\n".join(lines)


def mutants_of(tree: Path, room: str) -> Iterator[Mutant]:
    """Every mutant of a room's files, in a fixed order."""
    for path in sorted((tree / "src" / "npcl_voice" / room).rglob("*.py")):
        module, mutations, _, _ = create_mutations(str(path), path.read_text("utf-8"))
        silent = _Silent(module)
        for mutation in mutations:
            if mutation.original_node not in silent.nodes:
                yield Mutant(room, path.relative_to(tree), module, mutation)


class _Silent(libcst.CSTVisitor):
    """The nodes whose mutants change nothing that runs: `__all__`, and names for a `Literal` type.

    Annotations, where such a type may stand as well, mutmut leaves alone by itself.
    """

    def __init__(self, module: libcst.Module) -> None:
        self.nodes: set[libcst.CSTNode] = set()
        for statement in module.body:
            if re.match(r"\s*(#.*\s*)*(__all__\b|\w+ = Literal\[)", module.code_for_node(statement)):
                statement.visit(self)

    def on_visit(self, node: libcst.CSTNode) -> bool:
        self.nodes.add(node)
        return True


def copy_tree(into: Path) -> None:
    """What a room's tests need of the checkout, compiled so that a changed file is always noticed."""
    leave = shutil.ignore_patterns("__pycache__", "*.egg-info", ".hypothesis")
    for folder in ("src", "tests", "docs"):
        shutil.copytree(ROOT / folder, into / folder, ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", into)
    # Mutants come within one second of each other, and often at the same size.
    compiling = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "src", "tests"]
    subprocess.run(compiling, cwd=into, check=True)


def run_tests(tree: Path, room: str, timeout_s: float | None) -> int | None:
    """The exit code of pytest for a room's tests in a tree; None when they took too long."""
    environment = os.environ | {"PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly"]
    command += ["--hypothesis-seed=0", "-m", "not soak", f"tests/{room}"]
    try:
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    if timeout_s is None and done.returncode != PASSED:
        sys.exit(f"mutants: the tests of {room} fail without a mutant:\n{done.stdout[-2000:]}")
    if done.returncode == NOTHING_TO_RUN:
        sys.exit(f"mutants: {room} has no tests")
    return done.returncode


def fate(mutant: Mutant, trees: SimpleQueue[Path], timeout_s: float) -> str:
    """What became of a mutant: `killed`, `timed out` (which is killed too) or `survived`."""
    tree = trees.get()
    file = tree / mutant.path
    whole = file.read_text("utf-8")
    try:
        file.write_text(mutant.text(), "utf-8")
        code = run_tests(tree, mutant.room, timeout_s)
    finally:
        file.write_text(whole, "utf-8")
        trees.put(tree)
    return "timed out" if code is None else "survived" if code == PASSED else "killed"


def parsed_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Count the random mutants that the tests kill.")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rooms", nargs="+", default=list(ROOMS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--bar", type=float, default=85.0, help="percent that must die")
    parser.add_argument("--report", type=Path, default=ROOT / "build" / "mutants.json")
    return parser.parse_args()


def main() -> None:
    wanted = parsed_arguments()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(wanted.workers):
            tree = Path(folder) / str(number)
            copy_tree(tree)
            trees.put(tree)
        first = trees.get()
        pool = [mutant for room in wanted.rooms for mutant in mutants_of(first, room)]
        chosen = random.Random(wanted.seed).sample(pool, min(wanted.count, len(pool)))
        print(f"{len(chosen)} of {len(pool)} mutants of {', '.join(wanted.rooms)}, seed {wanted.seed}", flush=True)
        timeouts = {}
        for room in sorted({mutant.room for mutant in chosen}):
            started = time.monotonic()
            run_tests(first, room, None)
            # Two mutants at once may halve the pace; a mutant that loops for ever costs this much.
            timeouts[room] = 4 * (time.monotonic() - started) + 10
        trees.put(first)
        lines: list[dict[str, Any]] = []
        with ThreadPoolExecutor(wanted.workers) as workers:
            fates = workers.map(lambda mutant: fate(mutant, trees, timeouts[mutant.room]), chosen)
            for number, (mutant, end) in enumerate(zip(chosen, fates, strict=True), 1):
                lines.append({"room": mutant.room, "fate": end, "difference": mutant.difference()})
                print(f"{number:4} {end:9} {mutant.path}", flush=True)
    survivors = [line for line in lines if line["fate"] == "survived"]
    percent = 100 * (len(lines) - len(survivors)) / len(lines)
    for line in survivors:
        print(f"\n{line['difference']}")
    summary = f"{len(lines) - len(survivors)} of {len(lines)} mutants died ({percent:.0f} %), seed {wanted.seed}"
    wanted.report.parent.mkdir(parents=True, exist_ok=True)
    wanted.report.write_text(json.dumps({"seed": wanted.seed, "summary": summary, "mutants": lines}, indent=1) + "\n")
    print(f"\n{summary}; the report is {wanted.report}")
    sys.exit(0 if percent >= wanted.bar else 1)


if __name__ == "__main__":
    main()
