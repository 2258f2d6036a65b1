"""One statement reads what all rules need, for as many leads as are asked for."""

FACTS = """
SELECT l.id, s.kind AS stage, l.moving,
    coalesce(l.budget_max, l.budget_min) IS NOT NULL AS budget_known,
    l.do_not_contact, l.referred_by_id IS NOT NULL AS referred,
    greatest(l.last_in_at, talk.answered_at, seen.last_at) AS last_sign_at,
    coalesce(l.last_touch_at, l.arrived_at) AS last_touch_at,
    r.leads AS source_leads, r.closed AS source_closed,
    talk.replies, talk.tries, talk.showings, talk.missed, talk.asked, talk.loved, talk.mood,
    talk.answers_in, talk.first_reply_at, talk.first_talk_at,
    seen.most AS viewed, seen.first_at AS first_visit_at
FROM leads_lead l
JOIN leads_stage s ON s.id = l.stage_id
LEFT JOIN leads_source_record r ON r.source = l.source_id
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE direction = 'in' AND at > %(month)s) AS replies,
        count(*) FILTER (WHERE direction = 'out' AND kind IN ('call', 'email', 'text', 'messenger')
            AND at > coalesce(answered_at, '-infinity')) AS tries,
        max(answered_at) AS answered_at,
        count(*) FILTER (WHERE kind = 'showing' AND outcome IN ('', 'held', 'reached'))
            AS showings,
        count(*) FILTER (WHERE kind = 'showing' AND outcome = 'no_show') AS missed,
        count(DISTINCT listing_id) FILTER (WHERE direction = 'in' AND kind <> 'showing') AS asked,
        coalesce(bool_or(feedback = 'loved'), false) AS loved,
        (array_agg(sentiment ORDER BY at DESC) FILTER (WHERE sentiment <> ''))[1] AS mood,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM at - at_before))
            FILTER (WHERE direction = 'in' AND direction_before = 'out') AS answers_in,
        min(at) FILTER (WHERE direction = 'in' AND at > %(month)s) AS first_reply_at,
        min(at) AS first_talk_at
    FROM (
        SELECT at, kind, direction, outcome, sentiment, feedback, listing_id,
            lag(at) OVER in_order AS at_before, lag(direction) OVER in_order AS direction_before,
            max(at) FILTER (WHERE direction = 'in' OR outcome IN ('reached', 'held')) OVER ()
                AS answered_at
        FROM leads_interaction
        WHERE lead_id = l.id AND at > %(quarter)s AND at <= %(now)s
            AND direction <> '' AND NOT automatic
        WINDOW in_order AS (ORDER BY at, id)
    ) talks
) talk
CROSS JOIN LATERAL (
    SELECT max(times) AS most, min(first_at) AS first_at, max(last_at) AS last_at
    FROM (
        SELECT count(*) AS times, min(at) AS first_at, max(at) AS last_at
        FROM leads_interaction
        WHERE lead_id = l.id AND kind = 'visit' AND at > %(month)s AND at <= %(now)s
        GROUP BY listing_id
    ) visits
) seen
WHERE l.id = ANY(%(leads)s) AND l.state = 'present'
"""

HOLD = "SELECT FROM leads_lead WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"

OVERALL = "SELECT coalesce(sum(leads), 0), coalesce(sum(closed), 0) FROM leads_source_record"

# The newer score, its reasons and its next change in one statement; history only where it moved.
SAVE = """
WITH fresh AS (
    SELECT * FROM unnest(%(leads)s::uuid[], %(scores)s::int[], %(reasons)s::jsonb[],
        %(ages)s::timestamptz[]) AS f (id, score, reasons, ages_at)
), standing AS (
    SELECT l.id, l.score, l.score_reasons, l.scored_at FROM leads_lead l JOIN fresh USING (id)
    ORDER BY l.id FOR NO KEY UPDATE OF l
), saved AS (
    UPDATE leads_lead l
    SET score = f.score, score_reasons = f.reasons, scored_at = %(now)s
    FROM fresh f JOIN standing s USING (id)
    WHERE l.id = f.id AND (s.scored_at IS NULL
        OR (s.score, s.score_reasons) IS DISTINCT FROM (f.score, f.reasons))
    RETURNING l.id
), history AS (
    INSERT INTO leads_score (lead, at, score, reasons)
    SELECT f.id, %(now)s, f.score, f.reasons FROM fresh f JOIN standing s USING (id)
    WHERE s.scored_at IS NULL OR s.score <> f.score
), gone AS (
    DELETE FROM leads_score_due d USING fresh f
    WHERE d.lead = f.id AND f.ages_at IS NULL
), due AS (
    INSERT INTO leads_score_due (lead, at)
    SELECT f.id, f.ages_at FROM fresh f JOIN standing USING (id) WHERE f.ages_at IS NOT NULL
    ON CONFLICT (lead) DO UPDATE SET at = EXCLUDED.at
    WHERE leads_score_due.at IS DISTINCT FROM EXCLUDED.at
)
SELECT count(*) FROM saved
"""

# Whom an undo touched: their score was of what is no more.
DUE_AFTER_AN_UNDO = """
INSERT INTO leads_score_due (lead, at)
SELECT l.id, now() FROM leads_lead l
WHERE l.state = 'present' AND l.id IN (SELECT subject FROM crm_trail WHERE operation = %s)
ON CONFLICT (lead) DO UPDATE SET at = LEAST(leads_score_due.at, EXCLUDED.at)
"""

COUNT_SOURCES = """
WITH counted AS (
    SELECT l.source_id AS source, count(*) AS leads,
        count(*) FILTER (WHERE s.kind = 'closed') AS closed
    FROM leads_lead l JOIN leads_stage s ON s.id = l.stage_id
    WHERE l.state = 'present' AND l.source_id IS NOT NULL GROUP BY l.source_id
), gone AS (
    DELETE FROM leads_source_record WHERE source NOT IN (SELECT source FROM counted)
)
INSERT INTO leads_source_record (source, leads, closed) SELECT source, leads, closed FROM counted
ON CONFLICT (source) DO UPDATE SET leads = EXCLUDED.leads, closed = EXCLUDED.closed
WHERE (leads_source_record.leads, leads_source_record.closed)
    IS DISTINCT FROM (EXCLUDED.leads, EXCLUDED.closed)
"""
