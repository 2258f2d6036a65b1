import django.contrib.postgres.indexes
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0041_today'),
        ('properties', '0050_letters'),
    ]

    operations = [
        migrations.CreateModel(
            name='DuplicateSearch',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('pairs', models.PositiveIntegerField(default=0)),
                ('skipped', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name_plural': 'duplicate searches',
                'db_table': 'leads_duplicate_search',
            },
        ),
        migrations.AddField(
            model_name='merge',
            name='chosen',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='merge',
            name='moved',
            field=models.JSONField(default=dict),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('state', 'present')), fields=['stage', 'kind', '-score', 'id'], name='lead_on_the_board'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(django.contrib.postgres.indexes.OpClass('folded_name', 'text_pattern_ops'), name='lead_by_beginning'),
        ),
    ]
