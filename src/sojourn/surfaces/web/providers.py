"""Identity providers as allauth is told about them; Django's settings read this, so it imports no Django."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from sojourn.kit.settings import SettingError, Settings

SLUG = "sso"  # stands in the addresses that the provider is told
GROUPS = "groups"  # what our adapter calls the attribute


def providers(settings: Settings) -> dict[str, Any]:
    """Describe the providers that are set; raise SettingError for one that is set by half."""
    found: dict[str, Any] = {}
    if settings.oidc_url:
        _need(settings.oidc_client, "SOJOURN_OIDC_CLIENT", "SOJOURN_OIDC_URL")
        found["openid_connect"] = {"OAUTH_PKCE_ENABLED": True, "APPS": [_oidc(settings)]}
    if settings.saml_metadata_url:
        _need(settings.saml_entity_id, "SOJOURN_SAML_ENTITY_ID", "SOJOURN_SAML_METADATA_URL")
        if not speaks_saml():
            raise SettingError("SOJOURN_SAML_METADATA_URL is set, and SAML needs the extra: pip install sojourn[sso].")
        found["saml"] = {"APPS": [_saml(settings)]}
    return found


def speaks_saml() -> bool:
    """Say whether the extra `sso` is installed."""
    return find_spec("onelogin") is not None


def _oidc(settings: Settings) -> dict[str, Any]:
    scopes = ["openid", "profile", "email"]
    return {
        "provider_id": SLUG,
        "name": settings.sso_name,
        "client_id": settings.oidc_client,
        "secret": settings.oidc_secret,
        "settings": {"server_url": settings.oidc_url.rstrip("/"), "scope": scopes},
    }


def _saml(settings: Settings) -> dict[str, Any]:
    return {
        "name": settings.sso_name,
        "provider_id": settings.saml_entity_id,
        "client_id": SLUG,
        "settings": {
            "idp": {"entity_id": settings.saml_entity_id, "metadata_url": settings.saml_metadata_url},
            "advanced": {"want_assertion_signed": True, "strict": True, "reject_idp_initiated_sso": True},
            "attribute_mapping": {
                "uid": ["uid", "urn:oasis:names:tc:SAML:attribute:subject-id"],  # else the name id
                "email": [
                    "email",
                    "mail",
                    "urn:oid:0.9.2342.19200300.100.1.3",
                    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
                ],
            },
        },
    }


def _need(value: str, name: str, beside: str) -> None:
    if not value:
        raise SettingError(f"{name} is empty, and {beside} needs it.")
