import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("crm", "0030_scrub_rows")]

    operations = [
        migrations.CreateModel(
            name="SentForm",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("place", models.TextField(blank=True)),
                ("undo", models.TextField(blank=True)),
            ],
            options={"db_table": "crm_sent_form"},
        ),
        migrations.AddIndex(
            model_name="sentform", index=models.Index(fields=["at"], name="sent_by_time")
        ),
    ]
