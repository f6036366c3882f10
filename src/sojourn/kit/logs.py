"""What must not stand in logs: an address may carry a name or a mail address."""

from __future__ import annotations

import logging

NO_ROUTE = "an address that leads nowhere"


class WithoutAddresses(logging.Filter):
    """Puts a request's route (``journeys/<slug>``) where Django's messages have its address."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record's arguments; keep the record."""
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple) and record.args:
            match = getattr(request, "resolver_match", None)
            route = str(match.route) if match else NO_ROUTE
            path = str(getattr(request, "path", ""))
            written = path.encode("unicode_escape").decode("ascii")  # as Django writes it
            record.args = tuple(route if each in (path, written) else each for each in record.args)
        return True
