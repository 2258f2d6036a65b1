from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / 'sql'


class Migration(migrations.Migration):

    dependencies = [('leads', '0060_called_by_words')]

    # Both give the same words, so that what was indexed by one is found by the other.
    operations = [
        migrations.RunSQL((SQL / 'words.sql').read_text(), migrations.RunSQL.noop),
    ]
