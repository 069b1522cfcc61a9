-- The store of hanhtrinh as a new one is made, version 2. Older stores are brought here by migrations/.
--
-- Units and forms, everywhere: times are INTEGER microseconds since 1970-01-01 UTC; seconds of a stream are REAL;
-- shares, scores and probabilities are REAL 0-1; yes and no are 1 and 0; words are those of the JSON output.
-- Plates are compact upper-case text, Đ kept.

-- Which models and which configuration made a passage: the same few for thousands of them.
CREATE TABLE makers (
    id     INTEGER PRIMARY KEY,
    models TEXT NOT NULL,  -- detector=2026.11 reader=2026.11 provider=cpu
    config TEXT NOT NULL,  -- first 12 hexadecimal digits of SHA-256 of the effective configuration
    UNIQUE (models, config)
) STRICT;

-- One row a passage, in its latest revision.
CREATE TABLE passages (
    id               TEXT    NOT NULL PRIMARY KEY,
    revision         INTEGER NOT NULL CHECK (revision >= 1),
    recorded_at      INTEGER NOT NULL,  -- when this revision was written
    camera           TEXT    NOT NULL,
    gate             TEXT,
    lane             TEXT,
    role             TEXT    NOT NULL CHECK (role IN ('gateway', 'interior')),
    direction        TEXT    NOT NULL CHECK (direction IN ('in', 'out', 'seen')),
    crossed_at       INTEGER,           -- null: a file that nothing dates
    first_seen       INTEGER,
    last_seen        INTEGER,
    stream_s         REAL    NOT NULL,
    clock            TEXT    NOT NULL CHECK (clock IN ('synced', 'free', 'unknown')),
    class            TEXT    NOT NULL,
    colour           TEXT,
    plate            TEXT,              -- null unless plate_state is 'read'
    plate_kind       TEXT,
    plate_folded     TEXT,              -- plate with Đ as D: what a search compares
    plate_state      TEXT    NOT NULL CHECK (plate_state IN ('read', 'undetermined', 'not_visible')),
    confidence       REAL    NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    candidates       TEXT    NOT NULL,  -- JSON: [{"text", "p"}]
    layout           TEXT,
    plate_class      TEXT,
    plate_colour     TEXT    NOT NULL,
    trailer_plate    TEXT,
    painted_number   TEXT,
    province         TEXT,              -- two-digit code
    verdict          TEXT    NOT NULL,
    looks            INTEGER NOT NULL,
    maker            INTEGER NOT NULL REFERENCES makers (id),
    verdict_by_today INTEGER NOT NULL,
    CHECK ((plate IS NULL) = (plate_kind IS NULL) AND (plate IS NULL) = (plate_folded IS NULL))
) STRICT;
-- Lists go newest first; undated passages come last, by their place in the stream.
CREATE INDEX passages_by_time ON passages (crossed_at, stream_s, id);
CREATE INDEX passages_by_camera ON passages (camera, crossed_at, stream_s, id);
CREATE INDEX passages_by_gate ON passages (gate, crossed_at, stream_s, id) WHERE gate IS NOT NULL;
CREATE INDEX passages_by_province ON passages (province, crossed_at, stream_s, id) WHERE province IS NOT NULL;
CREATE INDEX passages_by_plate ON passages (plate, plate_kind, crossed_at) WHERE plate IS NOT NULL;
CREATE INDEX passages_by_folded_plate ON passages (plate_folded) WHERE plate_folded IS NOT NULL;

CREATE INDEX passages_undated ON passages (recorded_at) WHERE crossed_at IS NULL;

-- What a passage said before it was amended: the columns of `passages` as they were. Never changed.
CREATE TABLE passage_revisions (
    id               TEXT    NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    revision         INTEGER NOT NULL,
    recorded_at      INTEGER NOT NULL,
    camera           TEXT    NOT NULL,
    gate             TEXT,
    lane             TEXT,
    role             TEXT    NOT NULL,
    direction        TEXT    NOT NULL,
    crossed_at       INTEGER,
    first_seen       INTEGER,
    last_seen        INTEGER,
    stream_s         REAL    NOT NULL,
    clock            TEXT    NOT NULL,
    class            TEXT    NOT NULL,
    colour           TEXT,
    plate            TEXT,
    plate_kind       TEXT,
    plate_folded     TEXT,
    plate_state      TEXT    NOT NULL,
    confidence       REAL    NOT NULL,
    candidates       TEXT    NOT NULL,
    layout           TEXT,
    plate_class      TEXT,
    plate_colour     TEXT    NOT NULL,
    trailer_plate    TEXT,
    painted_number   TEXT,
    province         TEXT,
    verdict          TEXT    NOT NULL,
    looks            INTEGER NOT NULL,
    maker            INTEGER NOT NULL REFERENCES makers (id),
    verdict_by_today INTEGER NOT NULL,
    PRIMARY KEY (id, revision)
) STRICT, WITHOUT ROWID;

-- Evidence pictures: each row is a JPEG below the store's folder, synced to disk before its row. A kind that a later
-- revision brought again keeps its older rows; the latest is the one shown.
CREATE TABLE pictures (
    passage  TEXT    NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    kind     TEXT    NOT NULL CHECK (kind IN ('frame', 'vehicle', 'plate')),
    revision INTEGER NOT NULL,
    path     TEXT    NOT NULL UNIQUE,  -- relative to the store's folder, with /
    bytes    INTEGER NOT NULL,
    sha256   BLOB    NOT NULL CHECK (length(sha256) = 32),
    taken_at INTEGER NOT NULL,         -- crossed_at, or recorded_at where that is null: the order of removal
    PRIMARY KEY (passage, kind, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX pictures_by_age ON pictures (taken_at, bytes);

-- Bytes of all pictures, kept by triggers: the disk quota asks for it all the time. One row.
CREATE TABLE picture_total (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    bytes INTEGER NOT NULL
) STRICT;
INSERT INTO picture_total (id, bytes) VALUES (1, 0);
CREATE TRIGGER picture_adds AFTER INSERT ON pictures BEGIN UPDATE picture_total SET bytes = bytes + NEW.bytes; END;
CREATE TRIGGER picture_takes AFTER DELETE ON pictures BEGIN UPDATE picture_total SET bytes = bytes - OLD.bytes; END;
CREATE TRIGGER picture_changes AFTER UPDATE OF bytes ON pictures BEGIN UPDATE picture_total SET bytes = bytes + NEW.bytes - OLD.bytes; END;

-- Files that no row names any more. A path is written here in the transaction that takes its row away and goes when
-- the file is gone, so that a program killed in between leaves nothing unnamed behind.
CREATE TABLE files_to_remove (
    path TEXT NOT NULL PRIMARY KEY  -- relative to the store's folder, with /
) STRICT, WITHOUT ROWID;

-- What retention and the disk quota have removed: one row a step.
CREATE TABLE deletions (
    number INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    what   TEXT    NOT NULL,  -- passages, undated passages, pictures, cancelled passages
    count  INTEGER NOT NULL,
    bytes  INTEGER NOT NULL,  -- of the pictures that went
    why    TEXT    NOT NULL,
    until  INTEGER NOT NULL   -- those removed are not younger than this
) STRICT;

-- What was taken back: a vehicle that went back over the line within one track. Its passage is no longer in
-- `passages`; `was` is its last revision as JSON, null where it had not been written yet.
CREATE TABLE cancelled_passages (
    id           TEXT    NOT NULL PRIMARY KEY,
    at           INTEGER,
    why          TEXT    NOT NULL,
    cancelled_at INTEGER NOT NULL,  -- when it was written here
    was          TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX cancelled_by_time ON cancelled_passages (cancelled_at);

-- Vehicles of the home province where the settings say to count them only: no plate, no picture, no moment.
CREATE TABLE home_counts (
    hour      INTEGER NOT NULL,  -- begin of the hour; 0 where nothing dates the passages
    camera    TEXT    NOT NULL,
    direction TEXT    NOT NULL,
    class     TEXT    NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (hour, camera, direction, class)
) STRICT, WITHOUT ROWID;
-- Which passages those counts hold, by their name, which says nothing of the vehicle: a replay counts none twice, and
-- a later read can take one out. Goes with keep_days; the counts stay.
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

-- Journeys are made from passages alone and can be made again at any time. `state` is what the passages say; that
-- silence makes a vehicle lost is added when somebody asks.
CREATE TABLE journeys (
    id            TEXT    NOT NULL PRIMARY KEY,
    plate         TEXT    NOT NULL,
    plate_kind    TEXT    NOT NULL,
    plate_folded  TEXT    NOT NULL,
    class         TEXT    NOT NULL,
    verdict       TEXT    NOT NULL CHECK (verdict <> 'home'),
    origin_code   TEXT,
    origin_2021   TEXT,
    origin_now    TEXT,
    state         TEXT    NOT NULL CHECK (state IN ('inside', 'left', 'lost')),
    started_at    INTEGER NOT NULL,  -- first leg
    entered_at    INTEGER,           -- null: the entry was not seen
    entered_by    TEXT,
    left_at       INTEGER,           -- null: the exit was not seen
    left_by       TEXT,
    last_seen_at  INTEGER NOT NULL,
    last_seen_by  TEXT    NOT NULL,
    CHECK ((state = 'left') = (left_at IS NOT NULL))
) STRICT;
CREATE INDEX journeys_by_time ON journeys (started_at, id);
CREATE INDEX journeys_by_exit ON journeys (left_at, id) WHERE left_at IS NOT NULL;
CREATE INDEX journeys_by_sighting ON journeys (state, last_seen_at);
CREATE INDEX journeys_by_plate ON journeys (plate, plate_kind, started_at);
CREATE INDEX journeys_by_folded_plate ON journeys (plate_folded);
CREATE INDEX journeys_by_origin ON journeys (origin_code, started_at, id) WHERE origin_code IS NOT NULL;

CREATE TABLE legs (
    journey   TEXT    NOT NULL REFERENCES journeys (id) ON DELETE CASCADE,
    position  INTEGER NOT NULL,  -- from 0, by time
    passage   TEXT    NOT NULL REFERENCES passages (id) DEFERRABLE INITIALLY DEFERRED,
    camera    TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    direction TEXT    NOT NULL,
    p         REAL    NOT NULL,
    why       TEXT    NOT NULL,
    PRIMARY KEY (journey, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX legs_by_passage ON legs (passage);

-- Journeys that passages no longer bear out: a later read said `home`, or its passages were joined another way.
CREATE TABLE withdrawn_journeys (
    number       INTEGER PRIMARY KEY,
    id           TEXT    NOT NULL,
    plate        TEXT    NOT NULL,
    plate_kind   TEXT    NOT NULL,
    started_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    withdrawn_at INTEGER NOT NULL,
    why          TEXT    NOT NULL
) STRICT;
CREATE INDEX withdrawn_by_plate ON withdrawn_journeys (plate, plate_kind);
CREATE INDEX withdrawn_by_sighting ON withdrawn_journeys (last_seen_at);

-- Times in which a camera gave no frames: "not seen" is said with these.
CREATE TABLE outages (
    camera  TEXT    NOT NULL,
    from_at INTEGER NOT NULL,  -- last moment known good
    to_at   INTEGER,           -- first frame after it; null: it goes on
    state   TEXT    NOT NULL,  -- unreachable, auth_failed, stalled, stopped
    why     TEXT    NOT NULL,
    PRIMARY KEY (camera, from_at),
    CHECK (to_at IS NULL OR to_at >= from_at)
) STRICT, WITHOUT ROWID;

-- Every run of the program that wrote here.
CREATE TABLE runs (
    id            TEXT    NOT NULL PRIMARY KEY,
    started_at    INTEGER NOT NULL,
    last_alive_at INTEGER NOT NULL,  -- moved on with every batch and every few seconds
    ended_at      INTEGER,           -- null: it still runs, or it was killed
    clean         INTEGER,           -- 1 it ended by itself; 0 it was killed, found out at the next start
    version       TEXT    NOT NULL,
    models        TEXT    NOT NULL,
    config        TEXT    NOT NULL,
    provider      TEXT    NOT NULL,
    live_cameras  TEXT    NOT NULL   -- JSON: names of the cameras that are streams, not files
) STRICT, WITHOUT ROWID;
CREATE INDEX runs_by_start ON runs (started_at);

-- What the verbs that only ask need to know: home province, gates, cameras, rules of the last run. One row.
CREATE TABLE settings (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    saved_at INTEGER NOT NULL,
    body     TEXT    NOT NULL  -- JSON, no secrets
) STRICT;

-- Who asked about whom, and why. Written before the answer is shown; nothing here can be changed or removed.
CREATE TABLE questions (
    number  INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    who     TEXT    NOT NULL,  -- login of the real user
    purpose TEXT    NOT NULL CHECK (trim(purpose) <> ''),
    verb    TEXT    NOT NULL,
    query   TEXT    NOT NULL,
    chain   BLOB               -- SHA-256 over the row before's and this row; null: asked under version 1
) STRICT;
CREATE TABLE answers (
    question INTEGER NOT NULL PRIMARY KEY REFERENCES questions (number),
    at       INTEGER NOT NULL,
    results  INTEGER NOT NULL
) STRICT;
-- REPLACE deletes without asking a delete trigger, hence the two on INSERT.
CREATE TRIGGER questions_are_added BEFORE INSERT ON questions WHEN EXISTS (SELECT 1 FROM questions WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, 'questions cannot be replaced'); END;
CREATE TRIGGER answers_are_added BEFORE INSERT ON answers WHEN EXISTS (SELECT 1 FROM answers WHERE question = NEW.question) BEGIN SELECT RAISE(ABORT, 'answers cannot be replaced'); END;
CREATE TRIGGER questions_stay BEFORE UPDATE ON questions BEGIN SELECT RAISE(ABORT, 'questions cannot be changed'); END;
CREATE TRIGGER questions_are_kept BEFORE DELETE ON questions BEGIN SELECT RAISE(ABORT, 'questions cannot be removed'); END;
CREATE TRIGGER answers_stay BEFORE UPDATE ON answers BEGIN SELECT RAISE(ABORT, 'answers cannot be changed'); END;
CREATE TRIGGER answers_are_kept BEFORE DELETE ON answers BEGIN SELECT RAISE(ABORT, 'answers cannot be removed'); END;
