"""The statements of undo. `{table}`, `{key}` and columns are identifiers, never data."""

# What the operation did to each row in the end: its first and last change, and what it had been.
NET = """
SELECT table_name, row_id, (array_agg(op ORDER BY id))[1], (array_agg(op ORDER BY id DESC))[1],
    bool_or(scrubbed)
FROM crm_trail WHERE operation = %s AND op IN ('I', 'U', 'D') GROUP BY 1, 2 ORDER BY min(id)
"""

# Rows that someone else changed after the operation last did.
TOUCHED = """
SELECT DISTINCT o.table_name, o.row_id
FROM (SELECT table_name, row_id, max(id) AS id FROM crm_trail
      WHERE operation = %(operation)s AND op IN ('I', 'U', 'D') GROUP BY 1, 2) o
JOIN crm_trail t ON t.table_name = o.table_name AND t.row_id = o.row_id AND t.id > o.id
"""

# People whom the operation created, and about whom someone else has since written anything.
TOUCHED_SUBJECTS = """
SELECT DISTINCT t.subject::text
FROM (SELECT subject, min(id) AS id FROM crm_trail
      WHERE operation = %(operation)s AND op = 'I' AND row_id = subject::text GROUP BY 1) born
JOIN crm_trail t ON t.subject = born.subject AND t.id > born.id
    AND t.operation IS DISTINCT FROM %(operation)s AND t.op IN ('I', 'U', 'D')
"""

# Each created row's person, where the operation created that person too. No join: the planner takes
# an operation that is newer than its statistics for a single row.
GROUPS = """
SELECT table_name, row_id, subject FROM (
    SELECT table_name, row_id, subject::text,
        bool_or(row_id = subject::text) OVER (PARTITION BY subject) AS born
    FROM crm_trail WHERE operation = %(operation)s AND op = 'I') t
WHERE born
"""

# Each changed field with what it was before the operation and what the operation left.
FIELDS = """
SELECT row_id, key, (array_agg(value ORDER BY id))[1] AS was,
    (array_agg(after -> key ORDER BY id DESC) FILTER (WHERE after ? key))[1] AS became
FROM (SELECT id, row_id, key, value, after FROM crm_trail, jsonb_each(before)
      WHERE operation = %(operation)s AND table_name = %(table)s AND op IN ('U', 'D')
          AND row_id = ANY (%(rows)s)
      UNION ALL
      SELECT id, row_id, key, NULL, after FROM crm_trail, jsonb_object_keys(after) key
      WHERE operation = %(operation)s AND table_name = %(table)s AND op = 'I'
          AND row_id = ANY (%(rows)s)) f
GROUP BY row_id, key
"""

# A field goes back only where it still says what the operation wrote, and what it pointed to is
# there, or comes back with it. Values travel as text: through a float a large amount would change.
JUDGED = f"""
SELECT f.row_id, f.key, f.was::text, c.row_id IS NOT NULL AS there,
    c.doc -> f.key IS NOT DISTINCT FROM f.became AS still, {{reachable}} AS reachable
FROM ({FIELDS}) f
LEFT JOIN (SELECT r.{{key}}::text AS row_id, to_jsonb(r) AS doc FROM {{table}} r
           WHERE r.{{key}} = ANY (%(keys)s)) c ON c.row_id = f.row_id
WHERE f.was IS DISTINCT FROM f.became
"""  # noqa: S608

POINTS_SOMEWHERE = """
WHEN f.key = {name} THEN f.was = 'null' OR EXISTS (
    SELECT FROM {parent} p WHERE p.{parent_key} = (f.was #>> '{{}}')::{type})
OR EXISTS (SELECT FROM crm_trail d WHERE d.operation = %(operation)s AND d.op = 'D'
    AND d.table_name = {parent_name} AND d.row_id = f.was #>> '{{}}')
"""

LOCK = "SELECT {key}::text FROM {table} WHERE {key} = ANY (%s) ORDER BY {key} FOR UPDATE"

UPDATE = """
UPDATE {table} t SET ({columns}) = (
    SELECT {values} FROM jsonb_populate_record(t, p.patch) r)
FROM jsonb_to_recordset(%s::jsonb) AS p(row_id text, patch jsonb)
WHERE t.{key} = p.row_id::{type} AND t.{key} = ANY (%s)
"""

DELETE = "DELETE FROM {table} WHERE {key} = ANY (%s)"

INSERT = f"""
INSERT INTO {{table}} ({{columns}})
SELECT {{values}} FROM (
    SELECT jsonb_object_agg(f.key, f.was) FILTER (WHERE f.was IS NOT NULL) AS doc
    FROM ({FIELDS}) f GROUP BY f.row_id) d
CROSS JOIN LATERAL jsonb_populate_record(NULL::{{table}}, d.doc) r
ON CONFLICT DO NOTHING RETURNING {{key}}::text
"""  # noqa: S608
