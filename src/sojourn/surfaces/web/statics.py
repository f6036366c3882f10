"""Static files: collected into the data folder's cache, named by content, compressed once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

BROTLI_QUALITY = 9  # the highest, 11, takes ten times as long and saves a twentieth


class QuickCompressor(Compressor):  # type: ignore[misc]
    """Compresses fast enough for the first start to wait for it."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """Compress with Brotli."""
        return bytes(brotli.compress(data, quality=BROTLI_QUALITY))


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names files by content and rewrites what our modules import; plain names before anything was collected."""

    support_js_module_import_aggregation = True

    def create_compressor(self, **options: Any) -> Compressor:
        """Give what compresses the files."""
        return QuickCompressor(**options)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress the files named by content; pages ask for no others."""
        yield from super().compress_files(set(paths) & set(self.hashed_files.values()))

    def stored_name(self, name: str) -> str:
        """Give the file's name with its digest, or the plain name where nothing was collected."""
        if not self.hashed_files:
            return name
        stored: str = super().stored_name(name)
        return stored


def collect() -> bool:
    """Collect and compress the static files if they changed since the last time; say whether they had.

    A wheel's folder may be read-only, so the result lives in the data folder; the first start takes a few seconds.
    """
    root = Path(settings.STATIC_ROOT)
    stamp_file, stamp = root.with_suffix(".stamp"), _stamp()
    if stamp_file.exists() and stamp_file.read_text() == stamp and (root / "staticfiles.json").exists():
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp_file.write_text(stamp)
    return True


def _stamp() -> str:
    state = hashlib.blake2b(digest_size=16)
    for path, size, changed_at in sorted(_files()):
        state.update(f"{path}\0{size}\0{changed_at}\n".encode())
    return state.hexdigest()


def _files() -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    for finder in finders.get_finders():
        listed: Any = finder.list([])
        for name, storage in listed:
            stat = Path(storage.path(name)).stat()
            found.append((name, stat.st_size, stat.st_mtime_ns))
    return found
