from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Loan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("book", models.CharField(max_length=120)),
                ("friend", models.CharField(max_length=80)),
                ("lent", models.DateField(auto_now_add=True)),
                ("returned", models.DateField(null=True)),
            ],
            options={"ordering": ["-lent", "-id"]},
        ),
    ]
