"""Tables of customers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sojourn.domains.customers.contracts import How, ProspectRule, SavedList, TraitRule


class NoteRow(models.Model):
    """A note about a customer, sealed.

    It belongs to the person whose number the customer had when it was written, so that it goes with them through merge
    and unmerge.
    """

    person = models.BigIntegerField(db_index=True)
    sealed = models.BinaryField()
    author = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)


class TraitRow(models.Model):
    """A trait that is computed, as people defined it."""

    slug = models.CharField(max_length=63, primary_key=True)
    name = models.CharField(max_length=100)
    how = models.CharField(max_length=16)
    of = models.CharField(max_length=200, default="")
    currency = models.CharField(max_length=3, default="")
    events = models.JSONField(default=list)
    where = models.JSONField(default=dict)
    window_days = models.PositiveIntegerField(null=True)
    updated_at = models.DateTimeField()

    def contract(self) -> TraitRule:
        """Give the rule as other rooms see it."""
        return TraitRule(
            slug=self.slug,
            name=self.name,
            how=How(self.how),
            of=self.of,
            currency=self.currency,
            events=tuple(self.events),
            where={name: tuple(values) for name, values in self.where.items()},
            window_days=self.window_days,
            updated_at=self.updated_at,
        )


class AccountRow(models.Model):
    """A product held, a household or a company; its number and name are sealed."""

    kind = models.CharField(max_length=12)
    blind = models.BinaryField(max_length=16, unique=True)  # of its number, under its kind
    sealed_key = models.BinaryField()
    sealed_name = models.BinaryField(null=True)
    product = models.CharField(max_length=63, default="")
    unit = models.CharField(max_length=63, default="")
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    source = models.CharField(max_length=100, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "product", "id"], name="account_kind")]


class MemberRow(models.Model):
    """Who belongs to an account: a person, not a customer, so that merge and unmerge move nothing here."""

    account = models.ForeignKey(AccountRow, on_delete=models.CASCADE, related_name="members")
    person = models.BigIntegerField(db_index=True)
    role = models.CharField(max_length=16)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "person"], name="one_member")]


class AccountClock(models.Model):
    """A number that grows with every change of accounts, so that what was counted per account is counted anew."""

    version = models.BigIntegerField(default=0)


class ProspectRuleRow(models.Model):
    """What makes a customer of a prospect, as people set it: one row at most."""

    by_number = models.BooleanField()
    by_account = models.BooleanField()
    products = models.JSONField(default=list)

    def contract(self) -> ProspectRule:
        """Give the rule as other rooms see it."""
        return ProspectRule(by_number=self.by_number, by_account=self.by_account, products=tuple(self.products))


class ListRow(models.Model):
    """A saved list: filters, columns and order, and nothing of any customer; a deleted one stays for a day."""

    id = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=100)
    parameters = models.JSONField()  # a list of name and value, in order
    is_shared = models.BooleanField()
    owner = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    def contract(self) -> SavedList:
        """Give the list as other rooms see it."""
        return SavedList(
            id=self.id,
            name=self.name,
            parameters=tuple((name, value) for name, value in self.parameters),
            is_shared=self.is_shared,
            owner=self.owner,
            created_at=self.created_at,
            saved_at=self.saved_at,
        )
