from django.db import migrations

HARBOURS = {"CUX": "Cuxhaven", "HEL": "Helgoland", "ESB": "Esbjerg"}
CROSSINGS = [("CUX", "HEL", 150), ("HEL", "CUX", 150), ("CUX", "ESB", 540)]


def fill(apps, _schema_editor):
    harbours = {
        code: apps.get_model("crossings", "Harbour").objects.create(code=code, city=city)
        for code, city in HARBOURS.items()
    }
    for origin, destination, minutes in CROSSINGS:
        apps.get_model("crossings", "Crossing").objects.create(
            origin=harbours[origin], destination=harbours[destination], minutes=minutes
        )


class Migration(migrations.Migration):
    dependencies = [("crossings", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
