from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_accounts")]

    operations = [
        migrations.CreateModel(
            name="ListRow",
            fields=[
                ("id", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("parameters", models.JSONField()),
                ("is_shared", models.BooleanField()),
                ("owner", models.CharField(db_index=True, max_length=64)),
                ("created_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
