-- A score's history is no relation of its lead, so it goes with it by hand.

CREATE FUNCTION leads_score_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM leads_score WHERE lead IN (SELECT id FROM old_rows);
    DELETE FROM leads_score_due WHERE lead IN (SELECT id FROM old_rows);
    RETURN NULL;
END $$;

CREATE TRIGGER score_forgotten AFTER DELETE ON leads_lead REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_score_forgotten();
