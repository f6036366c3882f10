"""A request says what its customer was asked for while the clock stands."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0008_released_holds")]

    operations = [migrations.AddField("requestrow", "paused_reason", models.CharField(default="", max_length=300))]
