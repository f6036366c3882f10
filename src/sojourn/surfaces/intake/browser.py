"""What the browser library asks before it sends: which integrations run, and where events go."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

PATH: Final = re.compile(r"/v1/projects/([^/]+)/settings/?")
HOST: Final = re.compile(rb"[A-Za-z0-9.\-:\[\]]{1,255}")


def asked_key(path: str) -> str | None:
    """Give the write key that a settings request names, or None when the path is another one."""
    match = PATH.fullmatch(path)
    return match[1] if match else None


def base_url(public_url: str, host: bytes, scheme: str, fallback: str) -> str:
    """Give the address under which the browser reaches intake: the configured one, else the one it just used."""
    if public_url:
        return public_url.rstrip("/")
    return f"{scheme}://{host.decode()}" if HOST.fullmatch(host) else fallback


def library_settings(key: str, url: str) -> dict[str, Any]:
    """Give the settings of the browser library: send everything here, load nothing from elsewhere."""
    parts = urlsplit(url)
    enabled = {"__default": {"enabled": True, "integrations": {}}}
    return {
        "integrations": {
            "Segment.io": {
                "apiKey": key,
                "apiHost": f"{parts.netloc}{parts.path}/v1",
                "protocol": parts.scheme,
                "unbundledIntegrations": [],
                "addBundledMetadata": True,
                "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
            }
        },
        "plan": {"track": enabled, "identify": enabled, "group": enabled},
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
    }
