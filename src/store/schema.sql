-- The store of hanhtrinh as a new one is made, version 8. Older stores are brought here by migrations/.
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
    corrected        INTEGER NOT NULL DEFAULT 0,  -- 1: plate and verdict are what a person read, see corrections
    CHECK ((plate IS NULL) = (plate_kind IS NULL) AND (plate IS NULL) = (plate_folded IS NULL))
) STRICT;
-- Lists go newest first; undated passages come last, by their place in the stream.
CREATE INDEX passages_by_time ON passages (crossed_at, stream_s, id);
CREATE INDEX passages_by_camera ON passages (camera, crossed_at, stream_s, id);
CREATE INDEX passages_by_gate ON passages (gate, crossed_at, stream_s, id) WHERE gate IS NOT NULL;
CREATE INDEX passages_by_province ON passages (province, crossed_at, stream_s, id) WHERE province IS NOT NULL;
CREATE INDEX passages_by_plate ON passages (plate, plate_kind, crossed_at) WHERE plate IS NOT NULL;

CREATE INDEX passages_undated ON passages (recorded_at) WHERE crossed_at IS NULL;
-- What was written since a moment: for the export.
CREATE INDEX passages_by_record ON passages (recorded_at, id);
-- What a person should look at, until one has.
CREATE INDEX passages_to_review ON passages (crossed_at, stream_s, id) WHERE corrected = 0 AND (plate_state = 'undetermined' OR plate_state = 'read' AND confidence < 0.9975);

-- The plates on record, each once: what a search by pattern goes through. Kept by triggers.
CREATE TABLE plates (
    plate      TEXT    NOT NULL,
    plate_kind TEXT    NOT NULL,
    folded     TEXT    NOT NULL,  -- plate_folded of its passages
    backwards  TEXT    NOT NULL,  -- the same from its end: a pattern that begins with * is found by it
    passages   INTEGER NOT NULL,
    PRIMARY KEY (plate, plate_kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX plates_by_folded ON plates (folded);
CREATE INDEX plates_backwards ON plates (backwards);
CREATE TRIGGER plate_comes AFTER INSERT ON passages WHEN NEW.plate IS NOT NULL BEGIN
    INSERT INTO plates VALUES (NEW.plate, NEW.plate_kind, NEW.plate_folded, substr(NEW.plate_folded, -1, 1) || substr(NEW.plate_folded, -2, 1) || substr(NEW.plate_folded, -3, 1) || substr(NEW.plate_folded, -4, 1) || substr(NEW.plate_folded, -5, 1) || substr(NEW.plate_folded, -6, 1) || substr(NEW.plate_folded, -7, 1) || substr(NEW.plate_folded, -8, 1) || substr(NEW.plate_folded, -9, 1) || substr(NEW.plate_folded, -10, 1) || substr(NEW.plate_folded, -11, 1) || substr(NEW.plate_folded, -12, 1), 1)
    ON CONFLICT (plate, plate_kind) DO UPDATE SET passages = passages + 1;
END;
CREATE TRIGGER plate_goes AFTER DELETE ON passages WHEN OLD.plate IS NOT NULL BEGIN
    UPDATE plates SET passages = passages - 1 WHERE plate = OLD.plate AND plate_kind = OLD.plate_kind;
    DELETE FROM plates WHERE plate = OLD.plate AND plate_kind = OLD.plate_kind AND passages = 0;
END;
CREATE TRIGGER plate_changes AFTER UPDATE OF plate, plate_kind ON passages WHEN NEW.plate IS NOT OLD.plate OR NEW.plate_kind IS NOT OLD.plate_kind BEGIN
    UPDATE plates SET passages = passages - 1 WHERE plate = OLD.plate AND plate_kind = OLD.plate_kind;
    DELETE FROM plates WHERE plate = OLD.plate AND plate_kind = OLD.plate_kind AND passages = 0;
    INSERT INTO plates SELECT NEW.plate, NEW.plate_kind, NEW.plate_folded, substr(NEW.plate_folded, -1, 1) || substr(NEW.plate_folded, -2, 1) || substr(NEW.plate_folded, -3, 1) || substr(NEW.plate_folded, -4, 1) || substr(NEW.plate_folded, -5, 1) || substr(NEW.plate_folded, -6, 1) || substr(NEW.plate_folded, -7, 1) || substr(NEW.plate_folded, -8, 1) || substr(NEW.plate_folded, -9, 1) || substr(NEW.plate_folded, -10, 1) || substr(NEW.plate_folded, -11, 1) || substr(NEW.plate_folded, -12, 1), 1 WHERE NEW.plate IS NOT NULL
    ON CONFLICT (plate, plate_kind) DO UPDATE SET passages = passages + 1;
END;

-- Dated passages counted by hour: what statistics are made of. Kept by triggers.
CREATE TABLE hourly (
    hour        INTEGER NOT NULL,  -- begin of the hour
    camera      TEXT    NOT NULL,
    gate        TEXT    NOT NULL,  -- '' where there is none
    direction   TEXT    NOT NULL,
    class       TEXT    NOT NULL,
    province    TEXT    NOT NULL,  -- '' where there is none
    verdict     TEXT    NOT NULL,
    plate_state TEXT    NOT NULL,
    n           INTEGER NOT NULL,
    PRIMARY KEY (hour, camera, gate, direction, class, province, verdict, plate_state)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER passage_is_counted AFTER INSERT ON passages WHEN NEW.crossed_at IS NOT NULL BEGIN
    INSERT INTO hourly SELECT NEW.crossed_at - NEW.crossed_at % 3600000000, NEW.camera, coalesce(NEW.gate, ''), NEW.direction, NEW.class, coalesce(NEW.province, ''), NEW.verdict, NEW.plate_state, 1 WHERE NEW.crossed_at IS NOT NULL
    ON CONFLICT (hour, camera, gate, direction, class, province, verdict, plate_state) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER passage_is_not_counted AFTER DELETE ON passages WHEN OLD.crossed_at IS NOT NULL BEGIN
    UPDATE hourly SET n = n - 1 WHERE (hour, camera, gate, direction, class, province, verdict, plate_state) = (OLD.crossed_at - OLD.crossed_at % 3600000000, OLD.camera, coalesce(OLD.gate, ''), OLD.direction, OLD.class, coalesce(OLD.province, ''), OLD.verdict, OLD.plate_state);
    DELETE FROM hourly WHERE (hour, camera, gate, direction, class, province, verdict, plate_state) = (OLD.crossed_at - OLD.crossed_at % 3600000000, OLD.camera, coalesce(OLD.gate, ''), OLD.direction, OLD.class, coalesce(OLD.province, ''), OLD.verdict, OLD.plate_state) AND n = 0;
END;
CREATE TRIGGER passage_is_counted_anew AFTER UPDATE OF crossed_at, camera, gate, direction, class, province, verdict, plate_state ON passages
WHEN (NEW.crossed_at, NEW.camera, NEW.gate, NEW.direction, NEW.class, NEW.province, NEW.verdict, NEW.plate_state)
    IS NOT (OLD.crossed_at, OLD.camera, OLD.gate, OLD.direction, OLD.class, OLD.province, OLD.verdict, OLD.plate_state) BEGIN
    UPDATE hourly SET n = n - 1 WHERE (hour, camera, gate, direction, class, province, verdict, plate_state) = (OLD.crossed_at - OLD.crossed_at % 3600000000, OLD.camera, coalesce(OLD.gate, ''), OLD.direction, OLD.class, coalesce(OLD.province, ''), OLD.verdict, OLD.plate_state);
    DELETE FROM hourly WHERE (hour, camera, gate, direction, class, province, verdict, plate_state) = (OLD.crossed_at - OLD.crossed_at % 3600000000, OLD.camera, coalesce(OLD.gate, ''), OLD.direction, OLD.class, coalesce(OLD.province, ''), OLD.verdict, OLD.plate_state) AND n = 0;
    INSERT INTO hourly SELECT NEW.crossed_at - NEW.crossed_at % 3600000000, NEW.camera, coalesce(NEW.gate, ''), NEW.direction, NEW.class, coalesce(NEW.province, ''), NEW.verdict, NEW.plate_state, 1 WHERE NEW.crossed_at IS NOT NULL
    ON CONFLICT (hour, camera, gate, direction, class, province, verdict, plate_state) DO UPDATE SET n = n + 1;
END;

-- Dated passages whose plate was not read, or not confidently, and where joining has put them (src/join). The best text
-- stands for what was not read. Two rounds: the second sees what the first has moved, and what it says holds.
CREATE TABLE unsure (
    number       INTEGER PRIMARY KEY,  -- of the passage's name: says nothing of the order of arrival
    passage      TEXT    NOT NULL UNIQUE REFERENCES passages (id) ON DELETE CASCADE,
    plate        TEXT    NOT NULL,     -- best text
    plate_kind   TEXT    NOT NULL,     -- of all texts of the row
    at           INTEGER NOT NULL,     -- crossed_at
    read         INTEGER NOT NULL,     -- 1: the plate counts as read
    waits        INTEGER NOT NULL,     -- 1: to be decided with the next passages that are written
    first_plate  TEXT,                 -- moved there by the first round
    first_p      REAL,
    second_plate TEXT,                 -- moved there by the second; the own text: known as that vehicle though not read
    second_p     REAL,
    why          TEXT                  -- why, in words for a leg
) STRICT;
CREATE INDEX unsure_by_text ON unsure (plate, plate_kind, at);
CREATE INDEX unsure_first ON unsure (first_plate, plate_kind, at) WHERE first_plate IS NOT NULL;
CREATE INDEX unsure_second ON unsure (second_plate, plate_kind, at) WHERE second_plate IS NOT NULL;
CREATE INDEX unsure_waiting ON unsure (number) WHERE waits = 1;
-- Every text that it may show: its own and its candidates.
CREATE TABLE unsure_names (
    plate      TEXT    NOT NULL,
    plate_kind TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    number     INTEGER NOT NULL REFERENCES unsure (number) ON DELETE CASCADE,
    own        TEXT    NOT NULL,
    PRIMARY KEY (plate, plate_kind, at, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX unsure_names_by_number ON unsure_names (number);
-- Whose else it may be, as weighed and not joined: plate, and with what probability.
CREATE TABLE hints (
    number     INTEGER NOT NULL REFERENCES unsure (number) ON DELETE CASCADE,
    plate      TEXT    NOT NULL,
    plate_kind TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    p          REAL    NOT NULL,
    PRIMARY KEY (number, plate)
) STRICT, WITHOUT ROWID;
CREATE INDEX hints_by_plate ON hints (plate, plate_kind, at);

-- How long vehicles take from camera to camera, as counted in confident reads before the week from which on it holds
-- (weeks since 1970-01-01, from 02:00 in Vietnam).
CREATE TABLE learned_links (
    week INTEGER PRIMARY KEY,
    body TEXT    NOT NULL
) STRICT;

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
    corrected        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (id, revision)
) STRICT, WITHOUT ROWID;

-- What a person read instead of the program. A later one takes the place of an earlier one; all are kept as long as their
-- passage. `id` is made of what the correction says, so it is the same on every box that it comes to.
CREATE TABLE corrections (
    id      TEXT    NOT NULL PRIMARY KEY,
    passage TEXT    NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    at      INTEGER NOT NULL,
    who     TEXT    NOT NULL,
    why     TEXT    NOT NULL CHECK (trim(why) <> ''),
    reading TEXT               -- JSON: plate, kind, class, province, verdict; null: the program's reading stands again
) STRICT;
CREATE INDEX corrections_by_passage ON corrections (passage, at, id);
-- Of a corrected passage, what the program says: its latest revision as JSON. The rows of `passages` say what holds.
CREATE TABLE corrected_reads (
    passage  TEXT    NOT NULL PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    body     TEXT    NOT NULL
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
-- The last three columns say who stood where at a time, without looking at the rows of the others.
CREATE INDEX journeys_by_time ON journeys (started_at, id, state, last_seen_at, left_at);
CREATE INDEX journeys_by_exit ON journeys (left_at, id) WHERE left_at IS NOT NULL;
-- The few that lasted longer than four days: who is inside began within that, or is one of these.
CREATE INDEX journeys_long ON journeys (last_seen_at) WHERE last_seen_at - started_at > 345600000000;
CREATE INDEX journeys_by_plate ON journeys (plate, plate_kind, started_at);
CREATE INDEX journeys_by_origin ON journeys (origin_code, started_at, id, state, last_seen_at, left_at) WHERE origin_code IS NOT NULL;

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

-- Who did what with personal data, when and why: questions about plates, written before the answer is shown, and their
-- answers; corrections; changes of the watch list; exports and imports. Each row holds the hash of the row before it,
-- and its own over that and all that it says. Nothing here can be changed or removed.
CREATE TABLE audit (
    number  INTEGER PRIMARY KEY,  -- 1, 2, 3 without a gap
    at      INTEGER NOT NULL,
    who     TEXT    NOT NULL,     -- login of the real user
    what    TEXT    NOT NULL CHECK (what IN ('question', 'answer', 'correction', 'watch', 'export', 'import', 'upgrade')),
    verb    TEXT    NOT NULL,
    query   TEXT    NOT NULL,     -- what was asked or done
    purpose TEXT    NOT NULL,
    about   INTEGER REFERENCES audit (number),  -- of an answer: its question
    results INTEGER,              -- of an answer: how many; of an upgrade: the broken row it found, null where all was whole
    before  BLOB    NOT NULL CHECK (length(before) = 32),  -- hash of the row before; zeros in the first
    hash    BLOB    NOT NULL CHECK (length(hash) = 32),    -- SHA-256, see audit.rs
    CHECK (what <> 'question' OR trim(purpose) <> ''),
    CHECK ((what = 'answer') = (about IS NOT NULL))
) STRICT;
CREATE INDEX audit_by_time ON audit (at, number);
CREATE INDEX audit_by_person ON audit (who, at, number);
CREATE UNIQUE INDEX audit_by_question ON audit (about) WHERE about IS NOT NULL;
-- REPLACE deletes without asking a delete trigger, hence the one on INSERT.
CREATE TRIGGER audit_is_added BEFORE INSERT ON audit WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM audit) BEGIN SELECT RAISE(ABORT, 'the audit goes on where it ends, and only there'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit cannot be changed'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit cannot be removed'); END;

-- The watch list (danh sách theo dõi). An entry that was taken off stays until its alerts have gone.
CREATE TABLE watch (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,  -- no number comes twice
    how        TEXT    NOT NULL CHECK (how IN ('exact', 'alike', 'pattern')),
    plate      TEXT    NOT NULL,  -- compact, Đ as D; of a pattern with * and ?
    plate_kind TEXT,              -- null: any
    reason     TEXT    NOT NULL CHECK (trim(reason) <> ''),
    added_at   INTEGER NOT NULL,
    added_by   TEXT    NOT NULL,
    expires_at INTEGER,
    removed_at INTEGER,
    removed_by TEXT
) STRICT;
CREATE INDEX watch_by_plate ON watch (plate) WHERE removed_at IS NULL;
-- The entries that are not looked up by their text.
CREATE INDEX watch_by_likeness ON watch (how) WHERE removed_at IS NULL AND how <> 'exact';

-- Alerts: a passage matches an entry of the watch list. One row a pair, in its latest revision, made in the
-- transaction that writes the passage.
CREATE TABLE alerts (
    id       TEXT    NOT NULL PRIMARY KEY,  -- made of passage and entry
    passage  TEXT    NOT NULL,              -- not a reference: one that is cancelled withdraws its alert and leaves it
    watch    INTEGER NOT NULL REFERENCES watch (id),
    revision INTEGER NOT NULL,
    state    TEXT    NOT NULL CHECK (state IN ('raised', 'amended', 'withdrawn')),
    plate    TEXT    NOT NULL,              -- what matched
    p        REAL    NOT NULL,              -- probability that this passage is the vehicle that is looked for
    made_at  INTEGER NOT NULL,
    UNIQUE (passage, watch)
) STRICT;
CREATE INDEX alerts_by_watch ON alerts (watch);
CREATE INDEX alerts_by_age ON alerts (made_at);
-- Each revision of an alert, as it goes out.
CREATE TABLE alert_events (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order in which they happened; none comes twice
    alert    TEXT    NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    state    TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    body     TEXT    NOT NULL,  -- the JSON that is delivered, without its type
    UNIQUE (alert, revision)
) STRICT;
CREATE INDEX alert_events_by_time ON alert_events (at, number);
-- Where events go: the [[alert]] tables of the last run.
CREATE TABLE alert_targets (
    name TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
-- The outbox: made with the event, so that none is forgotten however the program ends.
CREATE TABLE deliveries (
    target   TEXT    NOT NULL,
    event    INTEGER NOT NULL REFERENCES alert_events (number) ON DELETE CASCADE,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at   INTEGER,           -- next attempt; null: it was delivered
    done_at  INTEGER,
    error    TEXT,              -- of the last attempt that failed
    PRIMARY KEY (target, event),
    CHECK ((due_at IS NULL) = (done_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_waiting ON deliveries (target, due_at, event) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_by_event ON deliveries (event);

-- This store's own name among stores that exchange passages. One row.
CREATE TABLE box (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT    NOT NULL
) STRICT;
INSERT INTO box (id, name) VALUES (1, 'b' || lower(hex(randomblob(8))));
-- The other boxes that passages came from, with the places and rules they were recorded under.
CREATE TABLE boxes (
    name     TEXT    NOT NULL PRIMARY KEY,
    saved_at INTEGER NOT NULL,  -- when that box wrote its settings
    settings TEXT    NOT NULL   -- JSON, as in `settings`
) STRICT, WITHOUT ROWID;
-- Every import that was brought to its end.
CREATE TABLE imports (
    number   INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    who      TEXT    NOT NULL,
    box      TEXT    NOT NULL,  -- who made the file
    made_at  INTEGER NOT NULL,  -- when
    sha256   BLOB    NOT NULL CHECK (length(sha256) = 32),  -- of the file
    passages INTEGER NOT NULL,  -- that were new or amended here
    pictures INTEGER NOT NULL
) STRICT;
