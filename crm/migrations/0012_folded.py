from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

# Letters with marks are taken apart, and the marks left out; ß and its like stay as they are.
FOLDED = r"""
CREATE FUNCTION crm_folded(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(regexp_replace(normalize($1, NFKD), '[\u0300-\u036f]', '', 'g'))
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0011_trail_by_day'),
    ]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(FOLDED, 'DROP FUNCTION crm_folded(text)'),
    ]
