from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="TraitRow",
            fields=[
                ("slug", models.CharField(max_length=63, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("how", models.CharField(max_length=16)),
                ("of", models.CharField(default="", max_length=200)),
                ("currency", models.CharField(default="", max_length=3)),
                ("events", models.JSONField(default=list)),
                ("where", models.JSONField(default=dict)),
                ("window_days", models.PositiveIntegerField(null=True)),
                ("updated_at", models.DateTimeField()),
            ],
        ),
    ]
