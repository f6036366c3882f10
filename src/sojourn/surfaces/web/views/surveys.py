"""Voice > Surveys: what customers are asked, how it goes live, through which links."""

from __future__ import annotations

import io

import qrcode
import qrcode.image.svg
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import Link, LinkTerms, SurveyVersion, VersionState, Visit
from sojourn.kit.errors import NotFoundError, SojournError
from sojourn.surfaces.web import numbers, surveying
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import PlainForm

SLUG_HELP = gettext_lazy("Small letters, digits, - and _; it stands in every answer and cannot be changed.")


class SurveyForm(PlainForm):
    """A survey as a document."""

    document = forms.CharField(
        label=gettext_lazy("Survey (YAML)"),
        widget=forms.Textarea(attrs={"rows": 26, "spellcheck": "false", "class": "form-control code"}),
        strip=False,
        help_text=gettext_lazy("Saved as a draft; the live version stays as it is until the draft is approved."),
    )


class NewSurveyForm(PlainForm):
    """A survey to begin with."""

    slug = forms.CharField(label=gettext_lazy("Short name"), max_length=63, help_text=SLUG_HELP)
    template = forms.ChoiceField(
        label=gettext_lazy("Begin with"),
        help_text=gettext_lazy("Each question of the library says why it is asked; change what does not fit."),
    )

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)
        self.fields["template"].choices = [  # type: ignore[attr-defined]
            (each.name, f"{each.industry}: {each.title} ({each.name})") for each in queries.templates()
        ]


class LinkForm(PlainForm):
    """A link to make."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Where it hangs."))
    channel = forms.CharField(label=gettext_lazy("Channel"), max_length=63, required=False, initial="web")
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=63, required=False)
    touchpoint = forms.CharField(label=gettext_lazy("Touchpoint"), max_length=63, required=False)
    is_kiosk = forms.BooleanField(label=gettext_lazy("On a device: begin anew after each answer"), required=False)


@page(Right.FIGURES_READ, whole=True)
def surveys(request: PageRequest) -> HttpResponse:
    """List the surveys."""
    counts = queries.answered(viewer=request.viewer)
    rows = [(each, counts.get(each.slug, 0)) for each in queries.surveys(viewer=request.viewer)]
    return render(request, "web/surveys.html", {"rows": rows})


@page(Right.SURVEYS_WRITE)
def survey_new(request: PageRequest) -> HttpResponse:
    """Begin a survey from the library."""
    form = NewSurveyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        slug, begun = form.cleaned_data["slug"], queries.template(form.cleaned_data["template"]).survey
        if slug in {each.slug for each in queries.surveys(viewer=request.viewer)}:
            form.add_error("slug", _("A survey has this short name already."))
        elif form.attempt(lambda: actions.save_survey(slug=slug, survey=begun, viewer=request.viewer)):
            return redirect("survey-edit", slug=slug)
    return _form(request, form, what=_("New survey"), do=_("Begin"), leave=reverse("surveys"))


@page(Right.FIGURES_READ, whole=True)
def survey(request: PageRequest, slug: str) -> HttpResponse:
    """Show a survey: its versions, its links, what came through them."""
    return _shown(request, slug, LinkForm())


@page(Right.SURVEYS_WRITE)
def survey_edit(request: PageRequest, slug: str) -> HttpResponse:
    """Change a survey's draft as text."""
    newest = queries.survey(slug, viewer=request.viewer).newest
    form = SurveyForm(request.POST or None, initial={"document": queries.write_survey(newest.survey)})
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["document"].replace("\x00", "")

        def save() -> object:
            return actions.save_survey(slug=slug, survey=queries.read_survey(text), viewer=request.viewer)

        if form.attempt(save):
            messages.success(request, _("The draft is saved."))
            return redirect("survey", slug=slug)
    leave = reverse("survey", kwargs={"slug": slug})
    return _form(request, form, what=_("Change %(slug)s") % {"slug": slug}, do=_("Save the draft"), leave=leave)


@page(Right.FIGURES_READ, whole=True)
def survey_preview(request: PageRequest, slug: str) -> HttpResponse:
    """Show a version's pages as visitors see them; nothing is stored."""
    found = queries.survey(slug, viewer=request.viewer)
    wanted = request.GET.get("version", "")
    version = found.newest if not wanted else _version(slug, wanted, request)
    visit = Visit(survey=slug, survey_id=0, version=version)
    return surveying.previewed(request, visit)


@page(Right.FIGURES_READ, whole=True)
@require_POST
def survey_change(request: PageRequest, slug: str) -> HttpResponse:
    """Approve, start or end a survey, make a link or switch one."""
    what, viewer = request.POST.get("what", ""), request.viewer
    try:
        if what == "approve":
            actions.approve_survey(slug=slug, viewer=viewer)
            messages.success(request, _("The draft is approved and can go live."))
        elif what == "start":
            actions.start_survey(slug=slug, viewer=viewer)
            messages.success(request, _("The survey is live."))
        elif what == "end":
            actions.end_survey(slug=slug, viewer=viewer)
            messages.success(request, _("The survey has ended; its links say so."))
        elif what in ("on", "off"):
            actions.switch_link(slug=slug, link=_number(request, "link"), is_active=what == "on", viewer=viewer)
        elif what in ("let_in", "discard"):
            number = _number(request, "answers")
            actions.judge_answers(slug, response=number, is_person=what == "let_in", viewer=viewer)
            messages.success(request, _("They count now.") if what == "let_in" else _("They are discarded."))
        elif what == "link":
            return _linked(request, slug)
    except SojournError as refusal:
        messages.error(request, refusal.message)
    return redirect("survey", slug=slug)


@page(Right.FIGURES_READ, whole=True)
def survey_code(request: PageRequest, slug: str, link: int) -> HttpResponse:
    """Give a link as a QR code to print."""
    for each in queries.links(slug, viewer=request.viewer):
        if each.id == link:
            drawn = io.BytesIO()
            qrcode.make(_address(request, each), image_factory=qrcode.image.svg.SvgPathImage).save(drawn)
            answer = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
            answer["Content-Disposition"] = f'inline; filename="{slug}-{link}.svg"'
            return answer
    raise NotFoundError("There is no such link.")


def _linked(request: PageRequest, slug: str) -> HttpResponse:
    form = LinkForm(request.POST)
    if form.is_valid():
        terms = LinkTerms(**form.cleaned_data)
        if form.attempt(lambda: actions.add_link(slug=slug, terms=terms, viewer=request.viewer)):
            messages.success(request, _("The link is made."))
            return redirect("survey", slug=slug)
    return _shown(request, slug, form)


def _shown(request: PageRequest, slug: str, form: LinkForm) -> HttpResponse:
    found = queries.survey(slug, viewer=request.viewer)
    newest = found.newest
    links = [(each, _address(request, each)) for each in queries.links(slug, viewer=request.viewer)]
    context = {
        "survey": found,
        "versions": queries.versions(slug, viewer=request.viewer),
        "asked": [(each, each.text[newest.survey.language]) for each in newest.survey.questions],
        "language": newest.survey.language,
        "links": links,
        "opportunities": queries.opportunities(slug, viewer=request.viewer),
        "spared": queries.spared(slug, viewer=request.viewer).items(),
        "lately": queries.answered(viewer=request.viewer).get(slug, 0),
        "held": queries.held_answers(slug, viewer=request.viewer) if request.viewer.can(Right.SURVEYS_WRITE) else (),
        "form": form,
        "can_approve": newest.state is VersionState.DRAFT and request.viewer.can(Right.SURVEYS_APPROVE),
        "can_start": newest.state is VersionState.APPROVED and request.viewer.can(Right.SURVEYS_WRITE),
        "can_write": request.viewer.can(Right.SURVEYS_WRITE) and found.ended_at is None,
    }
    return render(request, "web/survey_page.html", context, status=422 if form.errors else 200)


def _number(request: PageRequest, name: str) -> int:
    """Give a number of the form; 0, which nothing has, for what is none."""
    return numbers.plain(request.POST.get(name, "")) or 0


def _version(slug: str, wanted: str, request: PageRequest) -> SurveyVersion:
    for each in queries.versions(slug, viewer=request.viewer):
        if str(each.number) == wanted:
            return each
    raise NotFoundError("There is no such version.")


def _address(request: PageRequest, link: Link) -> str:
    path = reverse("survey-answer", kwargs={"token": link.token})
    public = settings.SOJOURN.public_url.rstrip("/")
    return f"{public}{path}" if public else request.build_absolute_uri(path)


def _form(request: PageRequest, form: PlainForm, *, what: str, do: str, leave: str) -> HttpResponse:
    context = {"form": form, "what": what, "do": do, "leave": leave, "back": "surveys", "area": _("Surveys")}
    return render(request, "web/form.html", context, status=422 if form.errors else 200)
