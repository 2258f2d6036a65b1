from django.db import migrations

# What was deleted from a table stays in its pages until something else needs the room. Only the
# table's owner may write it anew, so this runs as the owner, whoever calls it.
MAKE = """
CREATE FUNCTION crm_rewrite_keys() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    known bigint;
    erased bigint;
BEGIN
    -- Who waits longer would hold up every page that opens something sealed.
    PERFORM set_config('lock_timeout', '3s', true);
    known := coalesce(nullif(
        split_part(obj_description('public.crm_data_key'::regclass, 'pg_class'), ' ', 1), ''
    )::bigint, 0);
    -- After an hour no snapshot is left that could still want to see a destroyed key.
    SELECT count(*) INTO erased FROM public.crm_erasure WHERE erased_at < now() - interval '1 hour';
    IF erased <= known THEN
        RETURN false;
    END IF;
    CLUSTER public.crm_data_key USING crm_data_key_pkey;
    EXECUTE format('COMMENT ON TABLE public.crm_data_key IS %L', erased || ' erasures ago rewritten');
    RETURN true;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0020_lists")]

    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION crm_rewrite_keys()")]
