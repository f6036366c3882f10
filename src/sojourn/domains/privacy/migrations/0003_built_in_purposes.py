"""The purposes that Sojourn knows from the start, their first notices, and states for words noted before there were any."""

from __future__ import annotations

from typing import Any

from django.db import migrations

ANALYTICS = ("analytics", "performance", "statistics")
# name, title, basis, bit, refused by the browser's signal, categories of banners, purposes of the TCF, right to read
PURPOSES: tuple[tuple[Any, ...], ...] = (
    ("analytics", "Analytics", "opt_out", 1, False, ["performance", "statistics"], [8], ""),
    ("service_improvement", "Service improvement", "opt_out", 2, False, list(ANALYTICS), [10], ""),
    ("research", "Research", "opt_out", 4, False, ["analytics"], [9], ""),
    ("marketing", "Marketing", "opt_in", 8, True, ["advertising", "targeting"], [1, 2, 3, 4], ""),
    ("personalisation", "Personalisation", "opt_in", 16, True, ["functional", "personalization"], [5, 6], ""),
    ("automated_decision", "Automated decisions", "opt_in", 32, False, [], [], ""),
    ("service", "Service", "contract", None, False, [], [], "customers.read"),
    ("complaints", "Complaints", "contract", None, False, [], [], "customers.read"),
    ("regulatory", "Regulatory duties", "legal_duty", None, False, [], [], "audit.read"),
)
# purpose -> language -> title, text
NOTICES: dict[str, dict[str, tuple[str, str]]] = {
    "analytics": {
        "en": ("Understand how our services are used", "We count which pages, branches and calls are used and how "
               "visits go on, to see where people get stuck. We look at numbers, not at you as a person."),
        "de": ("Verstehen, wie unsere Dienste genutzt werden", "Wir zählen, welche Seiten, Filialen und Anrufe genutzt "
               "werden und wie Besuche weitergehen, um zu sehen, wo es hakt. Wir betrachten Zahlen, nicht Sie als "
               "Person."),
    },
    "service_improvement": {
        "en": ("Improve our service", "We use what happens in our service, such as waiting times and repeated calls, "
               "to make it better."),
        "de": ("Unseren Service verbessern", "Wir nutzen, was in unserem Service geschieht, etwa Wartezeiten und "
               "wiederholte Anrufe, um ihn zu verbessern."),
    },
    "research": {
        "en": ("Research", "We use data for studies about what customers need. Results are published as numbers of "
               "many, never of one."),
        "de": ("Forschung", "Wir nutzen Daten für Studien darüber, was Kundinnen und Kunden brauchen. Ergebnisse nennen "
               "Zahlen von vielen, nie von einzelnen."),
    },
    "marketing": {
        "en": ("News and offers", "We send you news and offers, and choose whom we send them to by what you use."),
        "de": ("Neuigkeiten und Angebote", "Wir senden Ihnen Neuigkeiten und Angebote und wählen nach Ihrer Nutzung "
               "aus, wer sie bekommt."),
    },
    "personalisation": {
        "en": ("Fit pages and apps to you", "We show you what fits what you did with us before."),
        "de": ("Seiten und Apps auf Sie abstimmen", "Wir zeigen Ihnen, was zu dem passt, was Sie bei uns bisher getan "
               "haben."),
    },
    "automated_decision": {
        "en": ("Decisions made by a computer", "A computer alone may decide, for example, which offer you get. You can "
               "always ask for a person instead."),
        "de": ("Entscheidungen durch einen Computer", "Ein Computer darf allein entscheiden, zum Beispiel welches "
               "Angebot Sie bekommen. Sie können jederzeit stattdessen einen Menschen verlangen."),
    },
}  # fmt: skip
PUBLISHED_US = 1_767_225_600_000_000  # 2026-01-01


def plant(apps: Any, schema_editor: Any) -> None:
    """Add purposes and notices; make states of the words that are there, the latest counts."""
    using = schema_editor.connection.alias
    purpose, notice = apps.get_model("privacy", "PurposeRow"), apps.get_model("privacy", "NoticeRow")
    names = ("name", "title", "basis", "bit", "refused_by_signal", "categories", "tcf", "right")
    purpose.objects.using(using).bulk_create(
        purpose(is_built_in=True, **dict(zip(names, each, strict=True))) for each in PURPOSES
    )
    notice.objects.using(using).bulk_create(
        notice(purpose=of, version=1, language=language, title=title, text=text, published_us=PUBLISHED_US)
        for of, texts in NOTICES.items()
        for language, (title, text) in texts.items()
    )
    _states(apps, using)


def _states(apps: Any, using: str) -> None:
    word, state = apps.get_model("privacy", "ConsentWord"), apps.get_model("privacy", "ConsentState")
    words = word.objects.using(using).order_by("said_us", "pk")
    latest = {(each.person, each.purpose): each for each in words.iterator()}
    epoch = apps.get_model("privacy", "ConsentEpoch").objects.using(using).values_list("value", flat=True).first() or 1
    state.objects.using(using).bulk_create(
        (
            state(
                person=person,
                purpose=of,
                allowed=each.allowed,
                is_firm=not each.allowed,
                said_us=each.said_us,
                epoch=epoch,
            )
            for (person, of), each in latest.items()
        ),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_purposes_and_proof")]

    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
