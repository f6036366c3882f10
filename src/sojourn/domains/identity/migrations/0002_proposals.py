from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Proposed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.BigIntegerField()),
                ("second", models.BigIntegerField(db_index=True)),
                ("source", models.CharField(max_length=16)),
                ("state", models.CharField(default="open", max_length=16)),
                ("probability", models.FloatField(null=True)),
                ("evidence", models.JSONField()),
                ("mark", models.BinaryField(max_length=16)),
                ("decided", models.JSONField(default=list)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(default="", max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["state", "-probability", "id"], name="proposal_queue")],
                "constraints": [models.UniqueConstraint(fields=("first", "second"), name="one_proposal")],
            },
        ),
    ]
