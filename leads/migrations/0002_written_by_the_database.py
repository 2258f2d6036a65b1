from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / 'sql'

UNDO_STAGES = """
DROP FUNCTION leads_fold_tallies();
DROP FUNCTION leads_tally() CASCADE;
DROP FUNCTION leads_worth(numeric, numeric);
DROP FUNCTION leads_stage_changed() CASCADE;
DROP FUNCTION leads_stage_since() CASCADE;
"""
UNDO_STANDING = """
DROP FUNCTION leads_follow_up_stands() CASCADE;
DROP FUNCTION leads_follow_up_due(uuid[]);
DROP FUNCTION leads_interaction_stands() CASCADE;
DROP FUNCTION leads_stand(uuid[]);
"""


class Migration(migrations.Migration):

    dependencies = [('leads', '0001_people')]

    operations = [
        migrations.RunSQL((SQL / 'stages.sql').read_text(), UNDO_STAGES),
        migrations.RunSQL((SQL / 'standing.sql').read_text(), UNDO_STANDING),
    ]
