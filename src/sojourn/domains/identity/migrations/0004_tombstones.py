from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_trait_words")]

    operations = [
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.BinaryField(max_length=16, unique=True)),
                ("kind", models.CharField(max_length=16)),
                ("erasure", models.BigIntegerField(db_index=True)),
                ("laid_us", models.BigIntegerField()),
                ("lifted_us", models.BigIntegerField(null=True)),
            ],
        ),
    ]
