"""Tables of access."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from sojourn.domains.access.contracts import ApiKey, AuditEntry, GroupRole, Person, RoleGrant, Scope


class AccountQuery(BaseUserManager["Account"]):
    """Makes accounts; mail addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> Account:
        """Make an account with a hashed password."""
        account = self.model(email=email.strip().lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    objects = AccountQuery()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def contract(self) -> Person:
        """Give the account as other rooms see it."""
        return Person(
            id=self.pk,
            email=self.email,
            grants=tuple(each.contract() for each in self.grants.all()),
            is_active=self.is_active,
            last_seen_at=self.last_seen_at or self.last_login,
            employee_numbers=tuple(str(each.number) for each in self.employees.all()),
        )


class Key(models.Model):
    """An API key; the secret itself is kept nowhere."""

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=64)  # joined by spaces
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def contract(self) -> ApiKey:
        """Give the key as other rooms see it."""
        return ApiKey(
            id=self.pk,
            name=self.name,
            prefix=self.prefix,
            grants=tuple(each.contract() for each in self.grants.all()),
            scopes=self.scope_set(),
            created_at=self.created_at,
            last_used_at=self.last_used_at,
            expires_at=self.expires_at,
            is_active=self.is_active,
        )

    def scope_set(self) -> frozenset[Scope]:
        """Give the scopes as a set."""
        return frozenset(Scope(each) for each in self.scopes.split())


class AuditKey(models.Model):
    """The key of the audit log's seals, random and sealed under the master key (use `audit`)."""

    sealed = models.BinaryField()


class RoleRow(models.Model):
    """A role of the organisation's own: a set of rights by a name."""

    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=100)
    rights: models.JSONField[list[str], list[str]] = models.JSONField(default=list)


class GrantRow(models.Model):
    """A role that an account or a key has in a part of the organisation."""

    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="grants")
    key = models.ForeignKey(Key, models.CASCADE, null=True, related_name="grants")
    role = models.CharField(max_length=63)
    unit = models.CharField(max_length=63, null=True)
    group = models.CharField(max_length=200, default="")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(account__isnull=True) ^ models.Q(key__isnull=True), name="grant_has_one_holder"
            )
        ]

    def contract(self) -> RoleGrant:
        """Give the grant as other rooms see it."""
        return RoleGrant(role=self.role, unit=self.unit, group=self.group)


class EmployeeRow(models.Model):
    """The random number that events name somebody by who signs in; the employee id behind it is identity's."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="employees")
    number = models.BigIntegerField(unique=True)

    class Meta:
        ordering: ClassVar = ["number"]


class GroupRow(models.Model):
    """A role that a group of the identity provider gives in a part of the organisation."""

    group = models.CharField(max_length=200)
    role = models.CharField(max_length=63)
    unit = models.CharField(max_length=63, null=True)

    class Meta:
        ordering: ClassVar = ["group", "id"]

    def contract(self) -> GroupRole:
        """Give the row as other rooms see it."""
        return GroupRole(group=self.group, role=self.role, unit=self.unit)


class AuditRow(models.Model):
    """One thing that somebody did; rows are added, linked to the row before them, and never changed."""

    at = models.DateTimeField(db_index=True)
    who = models.CharField(max_length=64)
    what = models.CharField(max_length=64)
    object = models.CharField(max_length=200)
    detail: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    mark = models.CharField(max_length=32, unique=True)  # a random name, so that no row can be copied
    seal = models.CharField(max_length=64)
    place = models.BigIntegerField(null=True, unique=True)  # in the chain, from 1; None until it is linked
    digest = models.CharField(max_length=64, default="")

    class Meta:
        indexes = [
            models.Index(fields=["object", "-id"], name="audit_by_object"),
            models.Index(fields=["who", "-id"], name="audit_by_who"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; raise TypeError for a row that is already there."""
        if self.pk is not None:
            raise TypeError("the audit log is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raise TypeError: audit rows stay."""
        raise TypeError("the audit log is append-only")

    def contract(self) -> AuditEntry:
        """Give the entry as other rooms see it."""
        return AuditEntry(
            id=self.pk, at=self.at, who=self.who, what=self.what, object=self.object, detail=dict(self.detail)
        )
