import uuid
from pathlib import Path

import django.utils.timezone
from django.db import migrations, models

SQL = Path(__file__).parent / 'sql'


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0020_timeline'),
    ]

    operations = [
        migrations.CreateModel(
            name='SourceRecord',
            fields=[
                ('source', models.BigIntegerField(editable=False, primary_key=True, serialize=False)),
                ('leads', models.PositiveBigIntegerField()),
                ('closed', models.PositiveBigIntegerField()),
            ],
            options={
                'db_table': 'leads_source_record',
            },
        ),
        migrations.AlterField(
            model_name='score',
            name='lead',
            field=models.UUIDField(editable=False),
        ),
        migrations.CreateModel(
            name='ScoreDue',
            fields=[
                ('lead', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'scores due',
                'db_table': 'leads_score_due',
                'indexes': [models.Index(fields=['at', 'lead'], name='score_due_by_time')],
            },
        ),
        migrations.CreateModel(
            name='ScoreWalk',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveSmallIntegerField(default=0)),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('after', models.UUIDField(default=uuid.UUID('00000000-0000-0000-0000-000000000000'))),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'db_table': 'leads_score_walk',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_walk')],
            },
        ),
        migrations.RunSQL(
            (SQL / 'scores.sql').read_text(), 'DROP FUNCTION leads_score_forgotten() CASCADE;'
        ),
    ]
