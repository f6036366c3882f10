"""Roles are given in parts of the organisation; the role that each account and key had, it has in the whole."""

import django.db.models.deletion
from django.db import migrations, models


def give_roles(apps, schema_editor):
    """Turn each account's and key's role into a grant."""
    using = schema_editor.connection.alias
    grants = apps.get_model("access", "GrantRow").objects.using(using)
    for account in apps.get_model("access", "Account").objects.using(using).order_by("pk"):
        grants.create(account=account, role=account.role)
    for key in apps.get_model("access", "Key").objects.using(using).order_by("pk"):
        grants.create(key=key, role=key.role)


class Migration(migrations.Migration):
    dependencies = [("access", "0002_audit_chain")]

    operations = [
        migrations.CreateModel(
            name="RoleRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.CharField(max_length=63, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("rights", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="GroupRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.CharField(max_length=200)),
                ("role", models.CharField(max_length=63)),
                ("unit", models.CharField(max_length=63, null=True)),
            ],
            options={"ordering": ["group", "id"]},
        ),
        migrations.CreateModel(
            name="GrantRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grants",
                        to="access.account",
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="grants", to="access.key"
                    ),
                ),
                ("role", models.CharField(max_length=63)),
                ("unit", models.CharField(max_length=63, null=True)),
                ("group", models.CharField(default="", max_length=200)),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.AddConstraint(
            "grantrow",
            models.CheckConstraint(
                condition=models.Q(account__isnull=True) ^ models.Q(key__isnull=True), name="grant_has_one_holder"
            ),
        ),
        migrations.RunPython(give_roles, migrations.RunPython.noop),
        migrations.RemoveField("account", "role"),
        migrations.RemoveField("key", "role"),
    ]
