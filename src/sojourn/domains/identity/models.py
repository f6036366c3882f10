"""Tables of identity: the only place that knows who is behind a token."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class MapCounter(models.Model):
    """A number that only grows: `version` of the person map, `epoch` of erasures."""

    name = models.CharField(primary_key=True, max_length=16)
    value = models.BigIntegerField(default=0)


class Identifier(models.Model):
    """A direct identifier: found by its blind index, readable only with the key, known as a random token.

    The token is the key of the table, so that going from token to identifier needs no further index.
    """

    token = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=16)
    blind = models.BinaryField(max_length=16, unique=True)
    sealed = models.BinaryField()
    is_blocked = models.BooleanField(db_default=False)  # by the rules in force: its value means nobody


class Link(models.Model):
    """A person that belongs to a customer other than itself."""

    person = models.BigIntegerField(primary_key=True)
    customer = models.BigIntegerField(db_index=True)


class LinkChange(models.Model):
    """The change log of the person map: `person` went from one customer to another at a version."""

    version = models.BigIntegerField(db_index=True)
    person = models.BigIntegerField()
    before = models.BigIntegerField()
    customer = models.BigIntegerField()


class Trait(models.Model):
    """An attribute of a person, sealed; the newest by occurrence wins."""

    person = models.BigIntegerField()
    name = models.CharField(max_length=64)
    sealed = models.BinaryField()
    blind = models.BinaryField(max_length=16, null=True)  # of mail, phone and plain traits, to be found unread
    occurred_us = models.BigIntegerField()
    source = models.CharField(max_length=63, default="")  # who told us

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "name"], name="one_trait")]
        indexes: ClassVar = [
            models.Index(fields=["blind"], name="trait_blind", condition=models.Q(blind__isnull=False))
        ]


class TraitWord(models.Model):
    """A whole word of a trait by which people look for a customer, as a keyed digest.

    The words of a trait are always those of the value that the trait has now.
    """

    word = models.BigIntegerField()
    person = models.BigIntegerField()
    name = models.CharField(max_length=64)  # of the trait

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["word", "person", "name"], name="one_trait_word")]
        indexes: ClassVar = [models.Index(fields=["person", "name"], name="trait_word_person")]


class Tombstone(models.Model):
    """An erased identifier as a digest under a key of its own: its events and rows do not enter until it is lifted."""

    digest = models.BinaryField(max_length=16, unique=True)
    kind = models.CharField(max_length=16)  # user, anonymous, email, phone
    erasure = models.BigIntegerField(db_index=True)
    laid_us = models.BigIntegerField()
    lifted_us = models.BigIntegerField(null=True)


class Text(models.Model):
    """Free text or a personal property of an event, sealed; the stream holds its id."""

    id = models.BigIntegerField(primary_key=True)
    person = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=64)
    sealed = models.BinaryField()


class Proposed(models.Model):
    """Two persons whose customers may be one; a pair has one row, which is opened again when new evidence comes."""

    first = models.BigIntegerField()
    second = models.BigIntegerField(db_index=True)
    source = models.CharField(max_length=16)
    state = models.CharField(max_length=16, default="open")
    probability = models.FloatField(null=True)
    evidence = models.JSONField()  # fields, levels and weights; no values
    mark = models.BinaryField(max_length=16)
    decided = models.JSONField(default=list)  # marks, in hexadecimal, that somebody has decided about
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, default="")
    decision = models.BigIntegerField(null=True)  # the merge that followed, which undoing undoes

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["first", "second"], name="one_proposal")]
        indexes: ClassVar = [models.Index(fields=["state", "-probability", "id"], name="proposal_queue")]


class Edge(models.Model):
    """One reason to take two for one customer: a log in the order of `id`, to which rows are only added.

    `person` and `other` are persons, or `other` is an identifier that the person holds (mail, phone). `decision` is
    0 for what was seen. `is_standing` follows from the decisions and is kept here to be read quickly.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.BigIntegerField(db_index=True)
    other = models.BigIntegerField()
    kind = models.SmallIntegerField()
    event_id = models.BigIntegerField(null=True)  # the event that made it
    at_us = models.BigIntegerField()
    decision = models.BigIntegerField(default=0)
    is_standing = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["other", "person", "kind", "decision"], name="one_edge")
        ]


class Decision(models.Model):
    """What somebody decided about who is whom; a log of its own, to which rows are only added.

    `is_in_force` follows from the later ones that undo it or bring it back.
    """

    verb = models.CharField(max_length=16)  # merge, separate, undo
    customers = models.JSONField()  # as they were numbered then
    undoes = models.BigIntegerField(null=True, db_index=True)
    by = models.CharField(max_length=64)  # as the audit log names them
    why = models.CharField(max_length=300, default="")
    evidence = models.JSONField(null=True)
    decided_at = models.DateTimeField()
    is_in_force = models.BooleanField(default=True)


class Retraction(models.Model):
    """An edge that a decision takes out of the graph as long as the decision is in force."""

    edge = models.BigIntegerField(db_index=True)
    decision = models.BigIntegerField(db_index=True)


class DeviceHolder(models.Model):
    """Who is signed in on a device that several people use, and the person whom its anonymous events belong to."""

    device = models.BigIntegerField(primary_key=True)
    user = models.BigIntegerField(db_index=True)
    person = models.BigIntegerField(db_index=True)


class RuleSet(models.Model):
    """One version of the rules of identity; versions are added, never changed."""

    version = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=64)
    why = models.CharField(max_length=300, default="")
    state = models.CharField(max_length=16, default="waiting")
    progress = models.FloatField(default=0.0)  # 0 to 1
    moved = models.IntegerField(default=0)  # persons, when it was applied


class MatchRun(models.Model):
    """One run of matching over all customers: when, how, and what came of it; numbers only."""

    state = models.CharField(max_length=16)
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)
    problem = models.CharField(max_length=200, default="")


class MatchTerms(models.Model):
    """How matching runs by itself; one row."""

    every_days = models.IntegerField(null=True)
    merge_above = models.FloatField(null=True)
