import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0040_scoring'),
        ('properties', '0001_listing'),
    ]

    operations = [
        migrations.CreateModel(
            name='TodayCount',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('people', models.PositiveSmallIntegerField(default=0)),
                ('counted_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'db_table': 'leads_today_count',
            },
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('state', 'present'), ('first_attempt_at__isnull', True)), fields=['-arrived_at'], name='lead_never_tried'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('state', 'present'), ('next_follow_up_at__isnull', True), ('score__gte', 75)), fields=['-last_touch_at'], name='lead_hot_and_quiet'),
        ),
        migrations.AddConstraint(
            model_name='todaycount',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='today_is_counted_once'),
        ),
    ]
