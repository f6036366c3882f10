"""Sign-in and passwords in the look of our own forms."""

from __future__ import annotations

from allauth.account import forms as account

from sojourn.surfaces.web.forms import PlainForm


class SignInForm(PlainForm, account.LoginForm):  # type: ignore[misc]
    """Who signs in."""


class PasswordForm(PlainForm, account.ChangePasswordForm):  # type: ignore[misc]
    """A new password in place of one's own."""


class AgainForm(PlainForm, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something weighty."""
