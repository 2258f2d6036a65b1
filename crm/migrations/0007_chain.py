from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / 'sql'


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0006_runtime'),
    ]

    operations = [
        migrations.RunSQL(
            (SQL / 'chain.sql').read_text(),
            '''
            DROP FUNCTION crm_trail_prune, crm_trail_forget_events, crm_trail_scrub,
                crm_trail_blank, crm_trail_seal, crm_trail_horizon;
            CREATE OR REPLACE FUNCTION crm_trail_era() RETURNS bigint LANGUAGE sql VOLATILE
            RETURN (SELECT system_identifier FROM pg_control_system());
            DROP TABLE crm_trail_eras;
            ''',
        ),
    ]
