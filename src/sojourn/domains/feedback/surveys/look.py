"""How a survey's page looks: colours that can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sojourn.domains.feedback.words.surveys import Look

COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
LOGO: Final = re.compile(r"data:image/(?:png|jpeg|webp);base64,[A-Za-z0-9+/=]+")
LOGO_MAX_CHARACTERS: Final = 12_000  # the page stays under 30 KB
CONTRAST_MIN: Final = 4.5  # WCAG 2.2, 1.4.3


def check_look(look: Look) -> Iterator[str]:
    """Find what is wrong with a look: a colour that white cannot be read on, a picture that is too large."""
    if look.colour:
        if not COLOUR.fullmatch(look.colour):
            yield "look: write the colour as #1d4ed8"
        elif (found := contrast(look.colour, "#ffffff")) < CONTRAST_MIN:
            yield (
                f"look: {look.colour} and white have a contrast of {found:.1f}:1; {CONTRAST_MIN}:1 is needed to be"
                " read. Take a darker colour"
            )
    if look.logo and (not LOGO.fullmatch(look.logo) or len(look.logo) > LOGO_MAX_CHARACTERS):
        yield "look: the logo is a data: address of a PNG, JPEG or WebP picture of at most 9 KB"


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio").

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
