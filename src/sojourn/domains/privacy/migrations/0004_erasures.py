from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_built_in_purposes")]

    operations = [
        migrations.CreateModel(
            name="ErasureRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_index=True, default="waiting", max_length=12)),
                ("customers", models.IntegerField()),
                ("kept", models.JSONField(default=list)),
                ("marks", models.BinaryField(null=True)),
                ("rows", models.BigIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("certificate", models.JSONField(null=True)),
                ("seal", models.CharField(default="", max_length=64)),
                ("message", models.CharField(default="", max_length=300)),
                ("by", models.CharField(max_length=64)),
                ("request", models.BigIntegerField(db_index=True, null=True)),
                ("asked_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Restriction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.BigIntegerField()),
                ("reason", models.CharField(max_length=16)),
                ("erasure", models.BigIntegerField(null=True)),
                ("request", models.BigIntegerField(null=True)),
                ("since", models.DateTimeField()),
                ("until", models.DateField(db_index=True, null=True)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("person", "reason"), name="one_restriction")]},
        ),
    ]
