-- From version 6 to 7: what an unsure passage may be besides can be asked for by plate, so that a leg tells what may lie before it;
-- alerts can be asked for by time.
CREATE TABLE hints (
    number     INTEGER NOT NULL REFERENCES unsure (number) ON DELETE CASCADE,
    plate      TEXT    NOT NULL,
    plate_kind TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    p          REAL    NOT NULL,
    PRIMARY KEY (number, plate)
) STRICT, WITHOUT ROWID;
CREATE INDEX hints_by_plate ON hints (plate, plate_kind, at);
INSERT INTO hints (number, plate, plate_kind, at, p)
    SELECT u.number, h.value ->> 'text', u.plate_kind, u.at, h.value ->> 'p' FROM unsure u, json_each(u.hints) h;
ALTER TABLE unsure DROP COLUMN hints;
CREATE INDEX alert_events_by_time ON alert_events (at, number);
