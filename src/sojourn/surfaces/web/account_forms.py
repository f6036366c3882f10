"""Sign-in and passwords in the look of our own forms."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.surfaces.web.forms import PlainForm


class SignInForm(PlainForm, account.LoginForm):  # type: ignore[misc]
    """Who signs in; the page itself has the link for lost passwords, where there is mail."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["password"].help_text = ""


class PasswordForm(PlainForm, account.ChangePasswordForm):  # type: ignore[misc]
    """A new password in place of one's own."""


class AgainForm(PlainForm, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something weighty."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["password"].help_text = ""


class LostForm(PlainForm, account.ResetPasswordForm):  # type: ignore[misc]
    """Whose password is lost."""


class NewPasswordForm(PlainForm, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password in place of one that was lost."""


class FirstPasswordForm(PlainForm):
    """The first password of somebody invited."""

    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters."),
    )
