from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('properties', '0050_letters')]

    operations = [
        migrations.AddIndex(
            model_name='listing',
            index=models.Index(
                condition=models.Q(('status__in', ['available', 'reserved'])),
                fields=['-listed_at', 'id'],
                name='listing_on_the_market',
            ),
        ),
    ]
