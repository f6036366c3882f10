"""Second factors in our look: sealed secrets, a name for the authenticator app, entries in the audit log."""

from __future__ import annotations

import base64
import os
from typing import Any

from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as base
from allauth.mfa.recovery_codes import forms as recovery
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django import forms
from django.conf import settings
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from sojourn.domains.access import actions, queries
from sojourn.kit import sealing
from sojourn.surfaces.web.forms import PlainForm

NONCE_BYTES = 12
USE = "factor"  # derived from the root, so that key rotation leaves it as it is


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of second factors sealed in the database."""

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), None)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        sealed = base64.b64decode(encrypted_text)
        return _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()

    def get_totp_issuer(self) -> str:
        """Name this workspace in an authenticator app."""
        return str(settings.SOJOURN.workspace)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name this workspace in a passkey."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": settings.SOJOURN.workspace}


class CodeForm(PlainForm, base.AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in."""

    code = forms.CharField(label=_("Code"), widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))


class CodeAgainForm(PlainForm, base.ReauthenticateForm):  # type: ignore[misc]
    """The second factor once more, before something weighty."""

    code = forms.CharField(label=_("Code"), widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))


class AppForm(PlainForm, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator app."""

    code = forms.CharField(
        label=_("Code that the app shows now"), widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
    )


class PasskeyForm(PlainForm, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey or security key."""

    name = forms.CharField(label=_("Name"), required=False, max_length=100)


class PasskeyNameForm(PlainForm, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""


class RecoveryForm(PlainForm, recovery.GenerateRecoveryCodesForm):  # type: ignore[misc]
    """New recovery codes."""


@receiver(signals.authenticator_added)
@receiver(signals.authenticator_removed)
@receiver(signals.authenticator_reset)
def note_change(sender: Any, signal: Any, user: Any, authenticator: Any, **given: Any) -> None:
    """Note in the audit log that somebody's second factors changed; what they are is nobody's business."""
    what = {
        signals.authenticator_added: "person.factor_add",
        signals.authenticator_removed: "person.factor_remove",
    }.get(signal, "person.factor_renew")
    viewer = queries.viewer_of(user.pk)
    actions.audit(viewer=viewer, what=what, on=f"person:{user.pk}", kind=str(authenticator.type))


@receiver(signals.authentication_failed)
def note_failure(sender: Any, user: Any, authenticator: Any, **given: Any) -> None:
    """Note in the audit log that a second factor was wrong."""
    actions.note_failed_factor(person_id=user.pk, kind=str(authenticator.type))


def _cipher() -> AESGCM:
    return AESGCM(sealing.sealer(settings.SOJOURN).derive(USE))
