from pathlib import Path

import django.contrib.postgres.indexes
import leads.models.folded_words
from django.db import migrations, models

SQL = Path(__file__).parent / 'sql'

UNDO = """
DROP FUNCTION leads_fold_name_words();
DROP FUNCTION leads_name_words() CASCADE;
DROP TABLE leads_name_word;
DROP FUNCTION leads_words(text);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0050_finding'),
    ]

    operations = [
        # What is newly written waits in a list that every search reads: a short one.
        migrations.RemoveIndex(model_name='lead', name='lead_name_letters'),
        migrations.AddIndex(
            model_name='lead',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('folded_name', 'gin_trgm_ops'), name='lead_name_letters', gin_pending_list_limit=256),
        ),
        migrations.RunSQL(
            (SQL / 'names.sql').read_text(), UNDO,
            state_operations=[
                migrations.CreateModel(
                    name='NameWord',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('word', models.TextField(editable=False)),
                        ('uses', models.BigIntegerField(editable=False)),
                    ],
                    options={'db_table': 'leads_name_word'},
                ),
            ],
        ),
        migrations.AddIndex(
            model_name='lead',
            index=django.contrib.postgres.indexes.GinIndex(leads.models.folded_words.FoldedWords('folded_name'), name='lead_by_name_words', gin_pending_list_limit=256),
        ),
    ]
