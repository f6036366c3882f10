"""Tables of feedback."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CommentRow(models.Model):
    """What somebody said in words, masked and sealed, with what it was about; made from the event that bore it.

    It belongs to the person of the event, so that it goes with them through merge and unmerge.
    """

    event_id = models.BigIntegerField(unique=True)
    person = models.BigIntegerField(db_index=True)
    sealed = models.BinaryField()
    kind = models.CharField(max_length=12)
    event = models.CharField(max_length=200)
    source = models.CharField(max_length=63, default="")
    survey = models.CharField(max_length=100, default="")
    question = models.CharField(max_length=300, default="")
    measure = models.CharField(max_length=32, default="")
    scale = models.CharField(max_length=12, default="")
    direction = models.CharField(max_length=4, default="")
    score = models.FloatField(null=True)
    channel = models.CharField(max_length=63, default="")
    touchpoint = models.CharField(max_length=100, default="")
    unit = models.CharField(max_length=63, default="")
    product = models.CharField(max_length=100, default="")
    language = models.CharField(max_length=12, default="")
    purposes = models.SmallIntegerField(null=True)  # allowed at collection, as the event's
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    model = models.CharField(max_length=100, default="")  # what read it last; "" while it waits
    sentiment = models.FloatField(null=True)
    urgency = models.FloatField(null=True)
    churn = models.FloatField(null=True)
    complaint = models.FloatField(null=True)
    findings = models.JSONField(default=dict)
    changed = models.BigIntegerField(default=0, db_index=True)  # `CommentClock.change` of the last write

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-occurred_at", "-id"], name="comment_newest"),
            models.Index(fields=["id"], name="comment_waiting", condition=models.Q(model="")),
        ]


class CommentWord(models.Model):
    """A word of a comment as a keyed digest, by which it is found; it goes with its comment."""

    word = models.BigIntegerField()
    comment = models.ForeignKey(CommentRow, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["word", "comment"], name="one_comment_word")]


class CommentClock(models.Model):
    """How often comments were written and deleted: what is held of them in memory is read again by it (one row)."""

    lineage = models.BigIntegerField()  # random: of another database
    change = models.BigIntegerField()
    losses = models.BigIntegerField()


class SurveyRow(models.Model):
    """A survey under its short name; what it asks stands in its versions."""

    slug = models.CharField(max_length=63, unique=True)
    state = models.CharField(max_length=8)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class VersionRow(models.Model):
    """One version of a survey; a live one never changes, and what was answered names it."""

    survey = models.ForeignKey(SurveyRow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8)
    document = models.JSONField()
    writers = models.JSONField(default=list)  # everyone who saved it; none of them approves it
    saved_at = models.DateTimeField()
    approved_by = models.CharField(max_length=64, default="")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["survey", "number"], name="one_survey_version")]


class LinkRow(models.Model):
    """A link that many may answer through: on a receipt, a poster, a device in the branch."""

    survey = models.ForeignKey(SurveyRow, on_delete=models.CASCADE, related_name="links")
    name = models.CharField(max_length=100)
    is_kiosk = models.BooleanField(default=False)  # the page begins anew after each answer
    channel = models.CharField(max_length=63, default="")
    unit = models.CharField(max_length=63, default="")
    touchpoint = models.CharField(max_length=100, default="")
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    opened = models.PositiveBigIntegerField(default=0)


class InvitationRow(models.Model):
    """Somebody asked once: their link takes one answer. Without a person it is for whoever gets it."""

    survey = models.ForeignKey(SurveyRow, on_delete=models.CASCADE, related_name="invitations")
    person = models.BigIntegerField(null=True, db_index=True)
    channel = models.CharField(max_length=63, default="")
    unit = models.CharField(max_length=63, default="")
    touchpoint = models.CharField(max_length=100, default="")
    language = models.CharField(max_length=12, default="")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)


class SparedRow(models.Model):
    """Somebody who was not asked, and why; nobody where the purpose does not let us know them."""

    survey = models.ForeignKey(SurveyRow, on_delete=models.CASCADE)
    person = models.BigIntegerField(null=True, db_index=True)
    reason = models.CharField(max_length=12)
    at = models.DateTimeField()


class ResponseRow(models.Model):
    """What one visitor of a survey answered so far, sealed; its events name it by its number."""

    id = models.BigIntegerField(primary_key=True)  # random, or a digest of the sender's own number
    survey = models.ForeignKey(SurveyRow, on_delete=models.CASCADE, related_name="responses")
    version = models.PositiveIntegerField()
    link = models.ForeignKey(LinkRow, on_delete=models.CASCADE, null=True)
    invitation = models.OneToOneField(InvitationRow, on_delete=models.CASCADE, null=True)
    person = models.BigIntegerField(null=True, db_index=True)
    state = models.CharField(max_length=12)
    why_held = models.CharField(max_length=32, default="")
    language = models.CharField(max_length=12)
    sealed = models.BinaryField()
    seen = models.JSONField(default=list)  # questions that were shown and sent
    released = models.JSONField(default=list)  # questions whose events are recorded
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["survey", "state"], name="response_state"),
            models.Index(fields=["changed_at"], name="response_idle", condition=models.Q(state="started")),
        ]


class QuotaRow(models.Model):
    """How many complete answers of a group a survey has taken."""

    survey = models.ForeignKey(SurveyRow, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["survey", "name"], name="one_survey_quota")]
