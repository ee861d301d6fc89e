-- A study as the first version of the schema had it.
PRAGMA application_id = 1751216467;

-- How the study was started; one row.
CREATE TABLE study (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  created_at TEXT NOT NULL,
  directory TEXT NOT NULL,
  arguments TEXT NOT NULL,
  ending TEXT
) STRICT;

-- Everything that the numbers depend on.
CREATE TABLE fact (
  position INTEGER PRIMARY KEY,
  part TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  UNIQUE (part, name)
) STRICT;

-- Every process that worked on the study.
CREATE TABLE session (
  number INTEGER PRIMARY KEY,
  started_at TEXT NOT NULL,
  host TEXT NOT NULL,
  process INTEGER NOT NULL,
  program_version TEXT NOT NULL,
  program_sha256 TEXT NOT NULL
) STRICT;

-- Every answer of the evaluator, in the order in which it came.
CREATE TABLE evaluation (
  number INTEGER PRIMARY KEY,
  session INTEGER REFERENCES session,
  policy TEXT,
  split TEXT NOT NULL,
  samples INTEGER,
  fine_tuning TEXT,
  accuracy REAL NOT NULL,
  loss REAL NOT NULL,
  divergence REAL,
  measured_samples INTEGER NOT NULL,
  ended_at TEXT NOT NULL,
  duration_s REAL NOT NULL
) STRICT;
CREATE UNIQUE INDEX question ON evaluation
  (ifnull(policy, ''), split, ifnull(samples, 0), ifnull(fine_tuning, ''));

-- The log of the search; follows from the evaluations.
CREATE TABLE episode (
  number INTEGER PRIMARY KEY,
  is_best INTEGER NOT NULL,
  line TEXT NOT NULL
) STRICT;
CREATE INDEX best_episode ON episode (number) WHERE is_best = 1;

-- What the search wrote, by name.
CREATE TABLE document (
  name TEXT PRIMARY KEY,
  text TEXT NOT NULL
) STRICT;

CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES ('1');
INSERT INTO study VALUES (1, '2026-11-24T16:00:00.000Z', '/', '["made-up"]', NULL);
INSERT INTO fact VALUES (0, 'accuracy', 'network', 'made up'), (1, 'cost', 'target', 'board');
INSERT INTO session VALUES (1, '2026-11-24T16:00:00.000Z', 'machine', 17, '0.1.0', '0');
INSERT INTO evaluation VALUES
  (1, 1, NULL, 'validation', 200, NULL, 0.925, 0.25, NULL, 200, '2026-11-24T16:00:01.000Z', 0.5),
  (2, 1, 'W8A8 W4A6', 'validation', 200, NULL, 0.875, 0.375, 0.0625, 200, '2026-11-24T16:00:02.000Z', 0.5);
