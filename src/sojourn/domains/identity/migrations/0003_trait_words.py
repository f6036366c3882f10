from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_proposals")]

    operations = [
        migrations.AddField(
            model_name="trait",
            name="source",
            field=models.CharField(default="", max_length=63),
        ),
        migrations.CreateModel(
            name="TraitWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.BigIntegerField()),
                ("person", models.BigIntegerField()),
                ("name", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["person", "name"], name="trait_word_person")],
                "constraints": [models.UniqueConstraint(fields=("word", "person", "name"), name="one_trait_word")],
            },
        ),
    ]
