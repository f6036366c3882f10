"""Customers > Accounts > Import: a CSV file, what would come of it, and then it is taken."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sojourn.domains.access.contracts import Right
from sojourn.domains.customers import actions
from sojourn.domains.customers.contracts import AccountKind, ImportedAccounts
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import PlainForm

BYTES_MOST = 1_000_000
SHOWN = 100
KINDS = (
    ("", gettext_lazy("as the column kind says")),
    (AccountKind.ACCOUNT.value, gettext_lazy("products held")),
    (AccountKind.HOUSEHOLD.value, gettext_lazy("households")),
    (AccountKind.COMPANY.value, gettext_lazy("companies")),
)
BLANKS = (("keep", gettext_lazy("keeps what is known")), ("clear", gettext_lazy("empties it")))


class HowForm(PlainForm):
    """How a file of accounts is read."""

    kind = forms.ChoiceField(label=gettext_lazy("Its rows are"), choices=KINDS, required=False)
    blank = forms.ChoiceField(label=gettext_lazy("An empty cell"), choices=BLANKS)


class FileForm(HowForm):
    """A file of accounts."""

    field_order = ("file", "kind", "blank")
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "A row an account, with its number in a column key; user_id, email or customer names who belongs to it. "
            "Up to 1 MB; larger ones go through sojourn accounts import."
        ),
    )

    def text(self) -> str:
        """Read the file; raise InvalidError for one that is too large or no text."""
        file = self.cleaned_data["file"]
        if file.size > BYTES_MOST:
            raise InvalidError(_("file: it is larger than 1 MB. Take the command sojourn accounts import."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise InvalidError(_("file: it is not UTF-8. Save it as CSV UTF-8.")) from None


class TakenForm(HowForm):
    """The file that was looked at, on its way back: it is kept nowhere until it is taken."""

    name = forms.CharField(max_length=100)
    text = forms.CharField(max_length=BYTES_MOST, strip=False)


@page(Right.CUSTOMERS_WRITE)
def accounts_import(request: PageRequest) -> HttpResponse:
    """Take a file, say what would come of it, and save it when told so."""
    if request.POST.get("what") == "take":
        taken = TakenForm(request.POST)
        if taken.is_valid():
            done = taken.attempt(lambda: _imported(request, taken.cleaned_data))
            if done is not None and not done.refused:
                messages.success(request, _said(done))
                return redirect("accounts" if request.viewer.can(Right.CUSTOMERS_READ) else "accounts-import")
            if done is not None:
                return render(request, "web/accounts_import.html", {"form": FileForm(), **_shown(done)})
        return render(request, "web/accounts_import.html", {"form": FileForm(), "wrong": taken}, status=422)
    form = FileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        text = form.attempt(form.text)
        if text is not None:
            said = {**form.cleaned_data, "text": text, "name": form.cleaned_data["file"].name[:100]}
            tried = form.attempt(lambda: _imported(request, said, is_trial=True))
            context |= {"said": said, **_shown(tried)} if tried is not None else {}
    return render(request, "web/accounts_import.html", context)


def _imported(request: PageRequest, said: dict[str, Any], *, is_trial: bool = False) -> ImportedAccounts:
    return actions.import_accounts(
        text=said["text"],
        name=said["name"],
        kind=AccountKind(said["kind"]) if said["kind"] else None,
        blank=said["blank"],
        is_trial=is_trial,
        viewer=request.viewer,
    )


def _shown(done: ImportedAccounts) -> dict[str, Any]:
    return {"done": done, "summary": _said(done), "refused": done.refused[:SHOWN], "columns": done.columns.items()}


def _said(done: ImportedAccounts) -> str:
    if done.is_trial:
        words = ngettext("%(n)s of %(rows)s row would be taken.", "%(n)s of %(rows)s rows would be taken.", done.rows)
    else:
        words = ngettext("%(n)s of %(rows)s row is taken.", "%(n)s of %(rows)s rows are taken.", done.rows)
    return words % {"n": f"{done.taken:,}", "rows": f"{done.rows:,}"}
