"""Tables of access."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from sojourn.domains.access.contracts import Role


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
    role = models.CharField(max_length=32, choices=[(r.value, r.value) for r in Role], default=Role.VIEWER.value)
    is_active = models.BooleanField(default=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    objects = AccountQuery()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
