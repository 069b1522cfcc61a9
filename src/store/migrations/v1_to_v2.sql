-- From version 1 to 2: retention and disk quota with their records, counts of home vehicles, questions in a chain.
-- The reasons stand in schema.sql.
ALTER TABLE questions ADD COLUMN chain BLOB;
CREATE INDEX passages_undated ON passages (recorded_at) WHERE crossed_at IS NULL;
CREATE TABLE picture_total (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    bytes INTEGER NOT NULL
) STRICT;
INSERT INTO picture_total (id, bytes) SELECT 1, coalesce(sum(bytes), 0) FROM pictures;
CREATE TRIGGER picture_adds AFTER INSERT ON pictures BEGIN UPDATE picture_total SET bytes = bytes + NEW.bytes; END;
CREATE TRIGGER picture_takes AFTER DELETE ON pictures BEGIN UPDATE picture_total SET bytes = bytes - OLD.bytes; END;
CREATE TRIGGER picture_changes AFTER UPDATE OF bytes ON pictures BEGIN UPDATE picture_total SET bytes = bytes + NEW.bytes - OLD.bytes; END;
CREATE TABLE files_to_remove (
    path TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE deletions (
    number INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    what   TEXT    NOT NULL,
    count  INTEGER NOT NULL,
    bytes  INTEGER NOT NULL,
    why    TEXT    NOT NULL,
    until  INTEGER NOT NULL
) STRICT;
CREATE INDEX cancelled_by_time ON cancelled_passages (cancelled_at);
CREATE TABLE home_counts (
    hour      INTEGER NOT NULL,
    camera    TEXT    NOT NULL,
    direction TEXT    NOT NULL,
    class     TEXT    NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (hour, camera, direction, class)
) STRICT, WITHOUT ROWID;
CREATE TABLE home_counted (
    id         TEXT    NOT NULL PRIMARY KEY,
    revision   INTEGER NOT NULL,
    hour       INTEGER NOT NULL,
    camera     TEXT    NOT NULL,
    direction  TEXT    NOT NULL,
    class      TEXT    NOT NULL,
    counted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX home_counted_by_time ON home_counted (counted_at);
CREATE INDEX withdrawn_by_sighting ON withdrawn_journeys (last_seen_at);
