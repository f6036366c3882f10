from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="NoteRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.BigIntegerField(db_index=True)),
                ("sealed", models.BinaryField()),
                ("author", models.CharField(max_length=64)),
                ("written_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
