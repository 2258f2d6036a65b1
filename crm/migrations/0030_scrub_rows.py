from django.db import migrations

# What a row says of a person who is none of its subjects, as a saved list that is called after
# somebody: blanked as the rest of what the trail says about them.
MAKE = """
CREATE FUNCTION crm_trail_scrub_rows(tbl text, ids text[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT crm_trail_blank(ARRAY(
        SELECT id FROM crm_trail WHERE table_name = tbl AND row_id = ANY (ids)
            AND op IN ('I', 'U', 'D') AND NOT scrubbed), 'erase', ARRAY[]::uuid[])
$$;
"""
# What was typed for a run is forgotten when it ends, from now on by the run itself.
FORGET = """
UPDATE crm_bulkrun SET scope = '{}', data = CASE WHEN data ? 'again'
    THEN jsonb_build_object('again', data -> 'again') ELSE '{}' END
WHERE ended_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0021_keys_rewritten")]

    operations = [
        migrations.RunSQL(MAKE, "DROP FUNCTION crm_trail_scrub_rows(text, text[])"),
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
    ]
