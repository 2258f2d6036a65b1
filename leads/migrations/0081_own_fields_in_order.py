import django.db.models.functions.text
from django.db import migrations, models

import crm.models.folded


class Migration(migrations.Migration):

    dependencies = [('leads', '0080_words_quicker')]

    # Texts are sorted without case and accents, as names are; nothing else asked the index before.
    operations = [
        migrations.RemoveIndex(model_name='customvalue', name='custom_value_by_text'),
        migrations.AddIndex(
            model_name='customvalue',
            index=models.Index(
                models.F('field'),
                django.db.models.functions.text.Left(crm.models.folded.Folded('text'), 200),
                models.F('lead'),
                condition=models.Q(('text__isnull', False)),
                name='custom_value_by_words',
            ),
        ),
    ]
