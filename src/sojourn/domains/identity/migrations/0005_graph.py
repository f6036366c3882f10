from django.db import migrations, models

KEEP = """
INSERT INTO identity_edge (person, other, kind, at_us, decision, is_standing)
SELECT customer, person, 6, 0, 0, TRUE FROM identity_link WHERE customer <> person ORDER BY person
"""
GROUPS = """
SELECT l.customer, c.kind, MIN(CASE WHEN p.kind = 'user' THEN l.person END), MIN(l.person)
FROM identity_link l
LEFT JOIN identity_identifier p ON p.token = l.person
LEFT JOIN identity_identifier c ON c.token = l.customer
GROUP BY l.customer, c.kind
"""


def keep_links(apps, schema_editor):
    """Make an edge of unknown event of each link, and number the few customers anew whose number now differs.

    A customer bears the smallest of its customer numbers' tokens, else the smallest token; what an alias had joined
    bore the last one's.
    """
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(KEEP)
        cursor.execute(GROUPS)
        renamed = []
        for customer, kind, number, smallest in cursor.fetchall():
            numbers = [each for each in (number, customer if kind == "user" else None) if each is not None]
            name = min(numbers) if numbers else min(customer, smallest)
            if name != customer:
                renamed.append((customer, name))
        if not renamed:
            return
        cursor.execute("SELECT value FROM identity_mapcounter WHERE name = 'version'")
        version = (cursor.fetchone() or [0])[0] + 1
        for customer, name in renamed:
            cursor.execute("SELECT person FROM identity_link WHERE customer = %s", [customer])
            persons = [*(person for (person,) in cursor.fetchall()), customer]
            cursor.execute("DELETE FROM identity_link WHERE customer = %s", [customer])
            cursor.executemany(
                "INSERT INTO identity_linkchange (version, person, before, customer) VALUES (%s, %s, %s, %s)",
                [(version, person, customer, name) for person in persons],
            )
            cursor.executemany(
                "INSERT INTO identity_link (person, customer) VALUES (%s, %s)",
                [(person, name) for person in persons if person != name],
            )
        cursor.execute("UPDATE identity_mapcounter SET value = %s WHERE name = 'version'", [version])


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0004_tombstones"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=16)),
                ("customers", models.JSONField()),
                ("undoes", models.BigIntegerField(db_index=True, null=True)),
                ("by", models.CharField(max_length=64)),
                ("why", models.CharField(default="", max_length=300)),
                ("evidence", models.JSONField(null=True)),
                ("decided_at", models.DateTimeField()),
                ("is_in_force", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="DeviceHolder",
            fields=[
                ("device", models.BigIntegerField(primary_key=True, serialize=False)),
                ("user", models.BigIntegerField(db_index=True)),
                ("person", models.BigIntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Retraction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("edge", models.BigIntegerField(db_index=True)),
                ("decision", models.BigIntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="RuleSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(unique=True)),
                ("text", models.TextField()),
                ("saved_at", models.DateTimeField()),
                ("saved_by", models.CharField(max_length=64)),
                ("why", models.CharField(default="", max_length=300)),
            ],
        ),
        migrations.AddField(
            model_name="identifier",
            name="is_blocked",
            field=models.BooleanField(db_default=False),
        ),
        migrations.CreateModel(
            name="Edge",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person", models.BigIntegerField(db_index=True)),
                ("other", models.BigIntegerField()),
                ("kind", models.SmallIntegerField()),
                ("event_id", models.BigIntegerField(null=True)),
                ("at_us", models.BigIntegerField()),
                ("decision", models.BigIntegerField(default=0)),
                ("is_standing", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("other", "person", "kind", "decision"), name="one_edge")
                ],
            },
        ),
        migrations.RunPython(keep_links, migrations.RunPython.noop),
    ]
