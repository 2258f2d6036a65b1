from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("leads", "0082_households_are_found_as_one_types")]

    operations = [
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                Upper("language"),
                condition=models.Q(("state", "present")),
                name="lead_by_language",
            ),
        ),
    ]
