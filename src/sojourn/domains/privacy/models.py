"""Tables of privacy."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sojourn.domains.privacy.tables.extracts import ExtractRow as ExtractRow
from sojourn.domains.privacy.tables.rights import ErasureRow as ErasureRow
from sojourn.domains.privacy.tables.rights import HoldRow as HoldRow
from sojourn.domains.privacy.tables.rights import HoldRule as HoldRule
from sojourn.domains.privacy.tables.rights import PackageRow as PackageRow
from sojourn.domains.privacy.tables.rights import RequestRow as RequestRow
from sojourn.domains.privacy.tables.rights import Restriction as Restriction
from sojourn.domains.privacy.tables.rights import RetentionRow as RetentionRow
from sojourn.domains.privacy.tables.webhooks import WebhookMessage as WebhookMessage
from sojourn.domains.privacy.tables.webhooks import WebhookRow as WebhookRow
from sojourn.domains.privacy.words.consent import Basis, Notice, PurposeTerms
from sojourn.kit.ids import random_token
from sojourn.kit.period import instant


class PurposeRow(models.Model):
    """A purpose and its terms. Its bit is stored with events: it is given once and never to another."""

    name = models.CharField(primary_key=True, max_length=32)
    title = models.CharField(max_length=100)
    basis = models.CharField(max_length=16)
    bit = models.IntegerField(null=True, unique=True)
    is_built_in = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    expires_months = models.IntegerField(null=True)
    refused_by_signal = models.BooleanField(default=False)
    categories = models.JSONField(default=list)
    tcf = models.JSONField(default=list)
    right = models.CharField(max_length=40, default="")

    def contract(self) -> PurposeTerms:
        """Give the purpose as other rooms see it."""
        return PurposeTerms(
            name=self.name,
            title=self.title,
            basis=Basis(self.basis),
            bit=self.bit,
            is_built_in=self.is_built_in,
            is_active=self.is_active,
            expires_months=self.expires_months,
            refused_by_signal=self.refused_by_signal,
            categories=tuple(self.categories),
            tcf=tuple(self.tcf),
            right=self.right,
        )


class NoticeRow(models.Model):
    """What customers were shown about a purpose: rows are only added, so that each proof can be read for ever."""

    purpose = models.CharField(max_length=32)
    version = models.IntegerField()
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    text = models.TextField()
    opens_earlier = models.BooleanField(default=False)
    published_us = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purpose", "version", "language"], name="one_notice_a_language")
        ]

    def contract(self) -> Notice:
        """Give the notice as other rooms see it."""
        return Notice(
            purpose=self.purpose,
            version=self.version,
            language=self.language,
            title=self.title,
            text=self.text,
            opens_earlier=self.opens_earlier,
            published_at=instant(self.published_us),
        )


class ConsentWord(models.Model):
    """What a person said about a purpose, when, and how we know; rows are only added."""

    person = models.BigIntegerField()
    purpose = models.CharField(max_length=32)
    allowed = models.BooleanField()
    said_us = models.BigIntegerField()
    noted_us = models.BigIntegerField(default=0)
    how = models.CharField(max_length=20, default="api")
    source = models.CharField(max_length=100, default="")
    by = models.CharField(max_length=100, default="")
    notice = models.IntegerField(null=True)
    language = models.CharField(max_length=12, default="")
    opens_earlier = models.BooleanField(default=False)
    expires_us = models.BigIntegerField(null=True)
    evidence = models.BinaryField(null=True)  # sealed

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["purpose", "person"], name="consent_purpose_person"),
            models.Index(fields=["person"], name="consent_person"),
        ]


class ConsentState(models.Model):
    """Where a person stands with a purpose: what their words come to, made from them in the same transaction."""

    person = models.BigIntegerField()
    purpose = models.CharField(max_length=32)
    allowed = models.BooleanField()
    is_firm = models.BooleanField(default=False)  # a refusal that no tracking library's repetition lifts
    opens_earlier = models.BooleanField(default=False)
    said_us = models.BigIntegerField()
    expires_us = models.BigIntegerField(null=True)
    epoch = models.BigIntegerField()  # of its last change: readers ask for what is newer than they have

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "purpose"], name="one_consent_state")]
        indexes: ClassVar = [
            models.Index(fields=["purpose", "epoch"], name="consent_purpose_epoch"),
            models.Index(fields=["expires_us"], name="consent_expires", condition=models.Q(expires_us__isnull=False)),
        ]


class ConsentEpoch(models.Model):
    """Numbers that only grow; caches carry them. One row."""

    value = models.BigIntegerField(default=0)  # with every change of consents
    purposes = models.BigIntegerField(default=0)  # with every change of purposes
    expired_us = models.BigIntegerField(default=0)  # up to when consents that ran out have been noticed
    lineage = models.BigIntegerField(default=random_token)  # whoever has read rows of another has read nothing


class PreferenceLinkRow(models.Model):
    """A way into the preference centre for one customer; of its secret only the digest is kept."""

    digest = models.CharField(primary_key=True, max_length=64)
    customer = models.BigIntegerField(db_index=True)
    by = models.CharField(max_length=100)
    made_us = models.BigIntegerField()
    expires_us = models.BigIntegerField(db_index=True)
