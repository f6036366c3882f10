from django.db import migrations

PROGRESS = ("contacts", "values")


def note_nothing_to_do(apps, schema_editor):
    """Where no trait is stored, none is of an older version."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM identity_trait LIMIT 1")
        if cursor.fetchone() is None:
            for name in PROGRESS:
                cursor.execute("INSERT INTO identity_mapcounter (name, value) VALUES (%s, -1)", [name])


class Migration(migrations.Migration):
    dependencies = [("identity", "0007_rule_progress")]

    operations = [migrations.RunPython(note_nothing_to_do, migrations.RunPython.noop)]
