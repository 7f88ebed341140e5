import django.db.models.deletion
from django.db import migrations, models

KEY = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Harbour",
            fields=[
                KEY,
                ("code", models.CharField(max_length=3, unique=True)),
                ("city", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Crossing",
            fields=[
                KEY,
                ("minutes", models.PositiveIntegerField()),
                ("seats", models.PositiveIntegerField(default=100)),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="arrivals", to="crossings.harbour"
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="departures", to="crossings.harbour"
                    ),
                ),
            ],
            options={
                "ordering": ["origin__code", "destination__code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin", models.F("destination")), _negated=True),
                        name="leads_somewhere_else",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Passenger",
            fields=[
                KEY,
                ("name", models.CharField(max_length=80)),
                (
                    "crossing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="passengers", to="crossings.crossing"
                    ),
                ),
            ],
        ),
    ]
