"""Pictures of answers, as SVG and, for bars, as Vega-Lite; nothing is installed or loaded for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sojourn.kit.errors import InvalidError


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """A picture that notebooks show; `says` is it in words, `vega` the same chart as Vega-Lite where it has bars."""

    svg: str
    says: str
    vega: Mapping[str, Any] | None = field(default=None, hash=False)

    def save(self, path: str | Path) -> Path:
        """Write the picture: `.svg`, `.html`, or `.json` (Vega-Lite); raise InvalidError for what it cannot be."""
        place = Path(path)
        if place.suffix == ".svg":
            place.write_text(self.svg, encoding="utf-8")
        elif place.suffix == ".html":
            place.write_text(f'<!doctype html><meta charset="utf-8">{self.svg}\n', encoding="utf-8")
        elif place.suffix == ".json" and self.vega is not None:
            place.write_text(json.dumps(self.vega, ensure_ascii=False, indent=1), encoding="utf-8")
        else:
            kinds = ".svg, .html" + ("" if self.vega is None else ", .json (Vega-Lite)")
            raise InvalidError(f"A picture is saved as {kinds}; {place.name} is none of them.")
        return place

    def __repr__(self) -> str:
        return f"Drawing: {self.says}"

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": repr(self)}
