from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("leads", "0083_languages_however_written")]

    operations = [
        migrations.RunSQL((SQL / "stood.sql").read_text(), migrations.RunSQL.noop),
    ]
