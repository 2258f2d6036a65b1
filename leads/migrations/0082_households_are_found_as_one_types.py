from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("leads", "0081_own_fields_in_order")]

    operations = [
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                OpClass(Upper("name"), "text_pattern_ops"), name="household_by_beginning"
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=GinIndex(
                OpClass(Upper("name"), "gin_trgm_ops"),
                gin_pending_list_limit=256,
                name="household_letters",
            ),
        ),
    ]
