"""The audit log becomes a chain; entries written before are sealed as they stand."""

import secrets

from django.conf import settings
from django.db import migrations, models

from sojourn.domains.access import rules
from sojourn.kit import sealing

SEALED_USE = "audit"


def seal_rows(apps, schema_editor):
    """Give each row that is there a mark and a seal; the next entry links them."""
    using = schema_editor.connection.alias
    rows = apps.get_model("access", "AuditRow").objects.using(using)
    if not rows.exists():
        return
    key = secrets.token_bytes(32)
    sealed = sealing.sealer(settings.SOJOURN).seal(key, use=SEALED_USE)
    apps.get_model("access", "AuditKey").objects.using(using).create(sealed=sealed)
    for row in rows.order_by("pk").iterator(2_000):
        line = rules.audit_text(at=row.at, who=row.who, what=row.what, on=row.object, detail=row.detail)
        mark = secrets.token_hex(16)
        rows.filter(pk=row.pk).update(mark=mark, seal=rules.audit_seal(key, mark=mark, line=line))


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="AuditKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.AddField("auditrow", "digest", models.CharField(default="", max_length=64)),
        migrations.AddField("auditrow", "mark", models.CharField(max_length=32, null=True)),
        migrations.AddField("auditrow", "place", models.BigIntegerField(null=True, unique=True)),
        migrations.AddField("auditrow", "seal", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.RunPython(seal_rows, migrations.RunPython.noop),
        migrations.AlterField("auditrow", "mark", models.CharField(max_length=32, unique=True)),
        migrations.AddIndex("auditrow", models.Index(fields=["object", "-id"], name="audit_by_object")),
        migrations.AddIndex("auditrow", models.Index(fields=["who", "-id"], name="audit_by_who")),
    ]
