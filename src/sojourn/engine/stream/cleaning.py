"""Values on their way into the stream: cleaned, or left out because they are personal; each looked at once."""

from __future__ import annotations

from typing import Any, Final

from sojourn.engine.stream.addresses import browser, clean_path, clean_url
from sojourn.engine.stream.personal import is_free_text, is_personal_name, is_suspicious, masked, without_mail

REMEMBERED: Final = 100_000


class Remembering(dict[str, Any]):
    """A cache that calls `answer` for what it lacks and starts anew when it is full."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, key: str) -> Any:
        if len(self) >= REMEMBERED:
            self.clear()
        value = self[key] = self._answer(key)
        return value


def cleaned(value: str) -> str | None:
    """Give a string as it may enter the stream; None when it is personal and must be sealed.

    >>> cleaned("blue"), cleaned("ana@example.com"), cleaned("https://a.example/u/77?x=1")
    ('blue', None, 'https://a.example/u/:id')
    """
    if "://" in value[:12]:
        return clean_url(value)
    return None if is_free_text(value) or is_suspicious(value) else value


def is_clean(value: Any) -> bool:
    """Say whether a nested value holds nothing personal, neither by name nor by look."""
    if isinstance(value, str):
        return cleaned(value) == value
    if isinstance(value, dict):
        return all(
            not is_personal_name(key) and not is_suspicious(key) and is_clean(each) for key, each in value.items()
        )
    return all(map(is_clean, value)) if isinstance(value, list) else True


class Cleaner:
    """The caches of one loader; a value that comes again costs one look-up."""

    def __init__(self) -> None:
        self.value = Remembering(cleaned)
        self.word = Remembering(masked)  # event names, channels, units: masked rather than lost
        self.product = Remembering(without_mail)  # article numbers look like anything
        self.url = Remembering(clean_url)
        self.path = Remembering(clean_path)
        self.browser = Remembering(browser)
