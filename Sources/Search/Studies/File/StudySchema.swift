import SQLite

/// The tables of a study file, by version; a version that was released never changes.
enum StudySchema {
  /// Marks an SQLite file as a study: "haqS" in ASCII.
  static let applicationID: Int32 = 0x6861_7153

  /// Brings a file from any earlier version to the newest.
  ///
  /// The recorded questions and answers stay as they are; nothing may look them up by row identifiers.
  static let migrations = Migrations([
    ("1", version1), ("2", version2), ("3", version3), ("4", version4), ("5", version5), ("6", version6),
    ("7", version7),
    // A version with one more document, which earlier programs would take for damage: `estimates`,
    // `network-measurements`, `workers`.
    ("8", ""), ("9", ""), ("10", ""),
  ])

  private static let version1 = """
    PRAGMA application_id = \(applicationID);

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
    """

  /// What each policy costs, and which worker answered.
  private static let version2 = """
    ALTER TABLE evaluation ADD COLUMN costs TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE evaluation ADD COLUMN worker INTEGER NOT NULL DEFAULT 1;
    """

  /// Below which accuracy an evaluation might stop, and whether it did.
  private static let version3 = """
    ALTER TABLE evaluation ADD COLUMN bar TEXT;
    ALTER TABLE evaluation ADD COLUMN is_below_bar INTEGER NOT NULL DEFAULT 0;
    DROP INDEX question;
    CREATE UNIQUE INDEX question ON evaluation
      (ifnull(policy, ''), split, ifnull(samples, 0), ifnull(fine_tuning, ''), ifnull(bar, ''));
    """

  /// Why a policy could not be measured; its accuracy is then 0, and its loss means nothing.
  private static let version4 = """
    ALTER TABLE evaluation ADD COLUMN failure TEXT;
    """

  /// What an evaluator reports beside accuracy and loss: top-5 accuracy, and the latency that it measured on the hardware.
  private static let version5 = """
    ALTER TABLE evaluation ADD COLUMN top5_accuracy REAL;
    ALTER TABLE evaluation ADD COLUMN latency_s REAL;
    """

  /// What the method had in mind after a number of episodes; one row at most, the latest.
  private static let version6 = """
    CREATE TABLE checkpoint (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      episodes INTEGER NOT NULL,
      format TEXT NOT NULL,
      state BLOB NOT NULL
    ) STRICT;
    """

  /// What every row says of itself, see `RowChecksum`; NULL in rows that were written before.
  ///
  /// Nothing is computed for those: what happened to them until now is not known.
  private static let version7 = StudyTable.allCases.map {
    "ALTER TABLE \($0.rawValue) ADD COLUMN checksum TEXT;"
  }.joined(separator: "\n")
}
