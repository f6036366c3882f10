"""A statutory duty may keep who held which account."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0009_pause_reasons")]

    operations = [migrations.AddField("holdrule", "accounts", models.JSONField(default=list))]
