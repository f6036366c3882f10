"""Holds bear a number, and say who released them and why."""

from django.db import migrations, models
from django.db.models import F


def number(apps, schema_editor):
    """Let each row there is be a hold of its own."""
    rows = apps.get_model("privacy", "HoldRow").objects.using(schema_editor.connection.alias)
    rows.update(hold=F("pk"))


class Migration(migrations.Migration):
    dependencies = [("privacy", "0007_webhooks")]

    operations = [
        migrations.AddField("holdrow", "hold", models.BigIntegerField(db_index=True, default=0)),
        migrations.AddField("holdrow", "released_at", models.DateTimeField(null=True)),
        migrations.AddField("holdrow", "released_by", models.CharField(default="", max_length=64)),
        migrations.AddField("holdrow", "released_why", models.CharField(default="", max_length=300)),
        migrations.RunPython(number, migrations.RunPython.noop),
    ]
