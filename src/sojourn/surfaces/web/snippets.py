"""Copy-paste beginnings for the clients that Sojourn takes events from."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

CURL = """curl {intake}/v1/track -u {key}: \\
  -H 'Content-Type: application/json' \\
  -d '{{"userId": "customer-1", "event": "Application Started", "properties": {{"product": "card"}}}}'"""

BROWSER = """// npm install @segment/analytics-next
import {{ AnalyticsBrowser }} from "@segment/analytics-next";

const analytics = AnalyticsBrowser.load(
  {{ writeKey: "{key}", cdnURL: "{intake}" }},
  {{ integrations: {{ "Segment.io": {{ apiHost: "{host}/v1", protocol: "{scheme}" }} }} }},
);
analytics.page();
analytics.track("Application Started", {{ product: "card" }});"""

NODE = """// npm install @segment/analytics-node
import {{ Analytics }} from "@segment/analytics-node";

const analytics = new Analytics({{ writeKey: "{key}", host: "{intake}" }});
analytics.track({{ userId: "customer-1", event: "Application Started", properties: {{ product: "card" }} }});
await analytics.closeAndFlush();"""

PYTHON = """# pip install segment-analytics-python
from segment.analytics import Client

client = Client("{key}", host="{intake}")
client.track("customer-1", "Application Started", {{"product": "card"}})
client.shutdown()"""


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """Code for one client."""

    id: str
    name: str
    code: str


def snippets(key: str, intake: str) -> tuple[Snippet, ...]:
    """Write the snippets for a write key and the intake's address."""
    where = urlsplit(intake)
    filled = {"key": key, "intake": intake, "host": where.netloc, "scheme": where.scheme}
    named = (
        ("curl", "curl", CURL),
        ("browser", _("Browser"), BROWSER),
        ("node", "Node", NODE),
        ("python", "Python", PYTHON),
    )
    return tuple(Snippet(id=each, name=name, code=code.format(**filled)) for each, name, code in named)
