"""Figures of the long runs: printed as they come, and kept in `build/` for whoever reads them later."""

import json
from pathlib import Path
from typing import Any

__all__ = ["record"]

FOLDER = Path(__file__).resolve().parents[2] / "build"


def record(name: str, figures: dict[str, Any]) -> None:
    """Keep the figures of one run under a name."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(f"\n{name}: {json.dumps(figures, indent=1)}")
