-- Why somebody moved on is told in free words: an erasure takes them. The moves themselves stay.
CREATE FUNCTION leads_forget_why(person uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE leads_stage_change SET why = '' WHERE lead = person AND why <> ''
$$;
