from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0006_matching")]

    operations = [
        migrations.AddField("ruleset", "state", models.CharField(default="waiting", max_length=16)),
        migrations.AddField("ruleset", "progress", models.FloatField(default=0.0)),
        migrations.AddField("ruleset", "moved", models.IntegerField(default=0)),
    ]
