from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / 'sql'


class Migration(migrations.Migration):

    dependencies = [('leads', '0002_written_by_the_database')]

    operations = [
        migrations.RunSQL(
            (SQL / 'forget.sql').read_text(), 'DROP FUNCTION leads_forget_why(uuid);'
        ),
    ]
