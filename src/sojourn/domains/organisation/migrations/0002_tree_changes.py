"""Changes of the tree can be taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisation", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="TreeRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                ("what", models.CharField(max_length=300)),
                ("text", models.TextField()),
            ],
        ),
    ]
