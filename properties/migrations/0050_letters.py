import crm.models.folded
import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('properties', '0001_listing'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(crm.models.folded.Folded('title'), 'gin_trgm_ops'), name='listing_title_letters'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(crm.models.folded.Folded('address'), 'gin_trgm_ops'), name='listing_address_letters'),
        ),
    ]
