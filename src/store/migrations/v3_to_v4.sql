-- From version 3 to 4: the plates on record and counts by hour, which summaries.rs fills, and indices for who stood
-- inside at a time. The reasons stand in schema.sql.
DROP INDEX passages_by_folded_plate;
DROP INDEX journeys_by_folded_plate;
DROP INDEX journeys_by_sighting;
DROP INDEX journeys_by_time;
DROP INDEX journeys_by_origin;
CREATE INDEX journeys_by_time ON journeys (started_at, id, state, last_seen_at, left_at);
CREATE INDEX journeys_by_origin ON journeys (origin_code, started_at, id, state, last_seen_at, left_at) WHERE origin_code IS NOT NULL;
CREATE INDEX journeys_long ON journeys (last_seen_at) WHERE last_seen_at - started_at > 345600000000;
CREATE TABLE plates (
    plate      TEXT    NOT NULL,
    plate_kind TEXT    NOT NULL,
    folded     TEXT    NOT NULL,
    backwards  TEXT    NOT NULL,
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

CREATE TABLE hourly (
    hour        INTEGER NOT NULL,
    camera      TEXT    NOT NULL,
    gate        TEXT    NOT NULL,
    direction   TEXT    NOT NULL,
    class       TEXT    NOT NULL,
    province    TEXT    NOT NULL,
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
