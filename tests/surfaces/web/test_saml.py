"""Signing in by SAML: the provider's assertion must be signed, asked for, for us, and in time."""

from __future__ import annotations

import base64
import dataclasses
import re
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings

from sojourn.domains.access import actions, queries
from sojourn.domains.access.contracts import SYSTEM
from sojourn.surfaces.web.providers import providers

pytest.importorskip("onelogin", reason="needs the extra sso")
pytestmark = pytest.mark.django_db
HOST = "cx.example.com"
ISSUER = "https://id.example.com/saml"
ACS = f"http://{HOST}/account/saml/sso/acs/"
US = f"http://{HOST}/account/saml/sso/metadata/"
METADATA = """<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{issuer}">
<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing">
<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>
</ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService
Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://id.example.com/sso"/>
</md:IDPSSODescriptor></md:EntityDescriptor>"""
ASSERTION = """<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a{id}" Version="2.0"
IssueInstant="{now}"><saml:Issuer>{issuer}</saml:Issuer><saml:Subject><saml:NameID
Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{uid}</saml:NameID><saml:SubjectConfirmation
Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{acs}"
InResponseTo="{request}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{since}"
NotOnOrAfter="{until}"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>
</saml:Conditions><saml:AuthnStatement AuthnInstant="{now}"><saml:AuthnContext><saml:AuthnContextClassRef>
urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement><saml:Attribute
Name="email"><saml:AttributeValue>{email}</saml:AttributeValue></saml:Attribute>
<saml:Attribute Name="groups"><saml:AttributeValue>care</saml:AttributeValue>
<saml:AttributeValue>other</saml:AttributeValue>
</saml:Attribute></saml:AttributeStatement></saml:Assertion>"""
RESPONSE = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r{id}" Version="2.0"
IssueInstant="{now}" Destination="{acs}" InResponseTo="{request}"><saml:Issuer
xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode
Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{assertion}</samlp:Response>"""


class Provider:
    """An identity provider: its key, its metadata on loopback, and answers that it signs."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "id.example.com")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
        made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
        self.certificate = made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
        bare = "".join(self.certificate.splitlines()[1:-1])
        body = METADATA.format(issuer=ISSUER, certificate=bare).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *said: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request: str, *, is_signed: bool = True, **changed: str) -> str:
        """Answer a request about Ana, in base64."""
        from onelogin.saml2.utils import OneLogin_Saml2_Utils

        def at(minutes: int) -> str:
            return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")

        said = {"id": "1", "now": at(0), "since": at(-5), "until": at(5), "issuer": ISSUER, "acs": ACS, "audience": US}
        said |= {"request": request, "uid": "u1", "email": "ana@example.com", **changed}
        assertion = ASSERTION.format(**said)
        if is_signed:
            pem = self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            assertion = OneLogin_Saml2_Utils.add_sign(assertion, pem.decode(), self.certificate).decode()
        return base64.b64encode(RESPONSE.format(assertion=assertion, **said).encode()).decode()


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(autouse=True)
def set_up(provider: Provider) -> Iterator[None]:
    cache.clear()
    ours = dataclasses.replace(
        settings.SOJOURN,
        saml_metadata_url=f"http://127.0.0.1:{provider.server.server_port}/",
        saml_entity_id=ISSUER,
        sso_domains="example.com",
        sso_trusts_mail=1,
    )
    with override_settings(SOJOURN=ours, SOCIALACCOUNT_PROVIDERS=providers(ours)):
        yield


def asked(client: Client) -> str:
    """Begin to sign in and give the id of our request."""
    out = client.get("/account/saml/sso/login/")
    assert out.status_code == 302 and out.url.startswith("https://id.example.com/sso?")
    packed = parse_qs(urlsplit(out.url).query)["SAMLRequest"][0]
    found = re.search(rb' ID="([^"]+)"', zlib.decompress(base64.b64decode(packed), -15))
    assert found
    return found[1].decode()


def come(client: Client, answer: str) -> Any:
    back = client.post("/account/saml/sso/acs/", {"SAMLResponse": answer})
    return client.get(back.url)


def test_a_signed_assertion_signs_in_makes_the_account_and_gives_the_roles_of_its_groups(provider: Provider) -> None:
    actions.map_group(group="care", role="agent", viewer=SYSTEM)
    client = Client(headers={"Host": HOST})
    assert "/account/saml/sso/login/" in client.get("/account/login/").content.decode()
    assert b"AssertionConsumerService" in client.get("/account/saml/sso/metadata/").content
    assert come(client, provider.answer(asked(client))).url == "/"
    roles = {each.role for each in queries.person_by_email("ana@example.com").grants}
    assert roles == {"viewer", "agent"}
    assert client.get("/account/factors/").status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"is_signed": False},
        {"audience": "https://elsewhere.example/"},
        {"acs": "https://elsewhere.example/acs/"},
        {"until": "2020-01-01T00:00:00Z"},
        {"issuer": "https://mallory.example/saml"},
    ],
)
def test_an_assertion_that_is_not_signed_or_not_for_us_or_too_old_opens_nothing(
    provider: Provider, changed: dict[str, Any]
) -> None:
    client = Client(headers={"Host": HOST})
    answer = come(client, provider.answer(asked(client), **changed))
    assert answer.status_code == 403 and "Signing in did not work" in answer.content.decode()
    assert client.get("/account/factors/").status_code == 302


def test_an_assertion_changed_after_signing_opens_nothing(provider: Provider) -> None:
    client = Client(headers={"Host": HOST})
    text = base64.b64decode(provider.answer(asked(client))).decode().replace("ana@example.com", "root@example.com")
    assert come(client, base64.b64encode(text.encode()).decode()).status_code == 403


def test_an_assertion_that_nobody_asked_for_or_that_comes_twice_opens_nothing(provider: Provider) -> None:
    client = Client(headers={"Host": HOST})
    assert come(client, provider.answer("_made_up")).status_code in (302, 403)
    assert client.get("/account/factors/").status_code == 302
    answer = provider.answer(asked(client))
    assert come(client, answer).url == "/"
    other = Client(headers={"Host": HOST})
    come(other, answer)
    assert other.get("/account/factors/").status_code == 302
