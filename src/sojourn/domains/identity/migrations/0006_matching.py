from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_graph")]

    operations = [
        migrations.AddField(model_name="proposed", name="decision", field=models.BigIntegerField(null=True)),
        migrations.CreateModel(
            name="MatchRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=16)),
                ("asked_by", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("figures", models.JSONField(default=dict)),
                ("problem", models.CharField(default="", max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="MatchTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("every_days", models.IntegerField(null=True)),
                ("merge_above", models.FloatField(null=True)),
            ],
        ),
    ]
