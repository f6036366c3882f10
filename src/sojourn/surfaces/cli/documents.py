"""What the demo companies' YAML documents say."""

from __future__ import annotations

from typing import Any

import yaml


def sources(text: str) -> list[dict[str, Any]]:
    """Read the list of sources."""
    return list(yaml.safe_load(text))


def journeys(text: str) -> list[dict[str, Any]]:
    """Read the list of named journeys."""
    return list(yaml.safe_load(text))


def channels_of_sources(text: str) -> dict[str, str]:
    """Map each channel to the source that delivers it."""
    return {channel: each["slug"] for each in sources(text) for channel in each["channels"]}


def facts(text: str) -> list[dict[str, Any]]:
    """Read the list of operational facts."""
    return list(yaml.safe_load(text))
