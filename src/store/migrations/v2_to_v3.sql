-- From version 2 to 3: corrections, one audit in a chain for all that is done with personal data, the watch list with
-- its alerts, and what comes from other boxes. The reasons stand in schema.sql. The rows of questions and answers are
-- taken over by audit.rs, which hashes them, and then those tables go.
ALTER TABLE passages ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE passage_revisions ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;
CREATE INDEX passages_by_record ON passages (recorded_at, id);
CREATE INDEX passages_to_review ON passages (crossed_at, stream_s, id) WHERE corrected = 0 AND (plate_state = 'undetermined' OR plate_state = 'read' AND confidence < 0.95);
CREATE TABLE corrections (
    id      TEXT    NOT NULL PRIMARY KEY,
    passage TEXT    NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    at      INTEGER NOT NULL,
    who     TEXT    NOT NULL,
    why     TEXT    NOT NULL CHECK (trim(why) <> ''),
    reading TEXT
) STRICT;
CREATE INDEX corrections_by_passage ON corrections (passage, at, id);
CREATE TABLE corrected_reads (
    passage  TEXT    NOT NULL PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    body     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (
    number  INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    who     TEXT    NOT NULL,
    what    TEXT    NOT NULL CHECK (what IN ('question', 'answer', 'correction', 'watch', 'export', 'import', 'upgrade')),
    verb    TEXT    NOT NULL,
    query   TEXT    NOT NULL,
    purpose TEXT    NOT NULL,
    about   INTEGER REFERENCES audit (number),
    results INTEGER,
    before  BLOB    NOT NULL CHECK (length(before) = 32),
    hash    BLOB    NOT NULL CHECK (length(hash) = 32),
    CHECK (what <> 'question' OR trim(purpose) <> ''),
    CHECK ((what = 'answer') = (about IS NOT NULL))
) STRICT;
CREATE INDEX audit_by_time ON audit (at, number);
CREATE INDEX audit_by_person ON audit (who, at, number);
CREATE UNIQUE INDEX audit_by_question ON audit (about) WHERE about IS NOT NULL;
CREATE TRIGGER audit_is_added BEFORE INSERT ON audit WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM audit) BEGIN SELECT RAISE(ABORT, 'the audit goes on where it ends, and only there'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit cannot be changed'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit cannot be removed'); END;
CREATE TABLE watch (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    how        TEXT    NOT NULL CHECK (how IN ('exact', 'alike', 'pattern')),
    plate      TEXT    NOT NULL,
    plate_kind TEXT,
    reason     TEXT    NOT NULL CHECK (trim(reason) <> ''),
    added_at   INTEGER NOT NULL,
    added_by   TEXT    NOT NULL,
    expires_at INTEGER,
    removed_at INTEGER,
    removed_by TEXT
) STRICT;
CREATE INDEX watch_by_plate ON watch (plate) WHERE removed_at IS NULL;
CREATE INDEX watch_by_likeness ON watch (how) WHERE removed_at IS NULL AND how <> 'exact';
CREATE TABLE alerts (
    id       TEXT    NOT NULL PRIMARY KEY,
    passage  TEXT    NOT NULL,
    watch    INTEGER NOT NULL REFERENCES watch (id),
    revision INTEGER NOT NULL,
    state    TEXT    NOT NULL CHECK (state IN ('raised', 'amended', 'withdrawn')),
    plate    TEXT    NOT NULL,
    p        REAL    NOT NULL,
    made_at  INTEGER NOT NULL,
    UNIQUE (passage, watch)
) STRICT;
CREATE INDEX alerts_by_watch ON alerts (watch);
CREATE INDEX alerts_by_age ON alerts (made_at);
CREATE TABLE alert_events (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    alert    TEXT    NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    state    TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    body     TEXT    NOT NULL,
    UNIQUE (alert, revision)
) STRICT;
CREATE TABLE alert_targets (
    name TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE deliveries (
    target   TEXT    NOT NULL,
    event    INTEGER NOT NULL REFERENCES alert_events (number) ON DELETE CASCADE,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at   INTEGER,
    done_at  INTEGER,
    error    TEXT,
    PRIMARY KEY (target, event),
    CHECK ((due_at IS NULL) = (done_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_waiting ON deliveries (target, due_at, event) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_by_event ON deliveries (event);
CREATE TABLE box (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT    NOT NULL
) STRICT;
INSERT INTO box (id, name) VALUES (1, 'b' || lower(hex(randomblob(8))));
CREATE TABLE boxes (
    name     TEXT    NOT NULL PRIMARY KEY,
    saved_at INTEGER NOT NULL,
    settings TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE imports (
    number   INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    who      TEXT    NOT NULL,
    box      TEXT    NOT NULL,
    made_at  INTEGER NOT NULL,
    sha256   BLOB    NOT NULL CHECK (length(sha256) = 32),
    passages INTEGER NOT NULL,
    pictures INTEGER NOT NULL
) STRICT;
