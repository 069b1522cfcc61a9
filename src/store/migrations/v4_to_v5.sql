-- From version 4 to 5: the passages whose plate is not sure, with what they name and where they were joined. Filled by
-- joined.rs; the reasons stand in schema.sql.
CREATE TABLE unsure (
    number       INTEGER PRIMARY KEY,
    passage      TEXT    NOT NULL UNIQUE REFERENCES passages (id) ON DELETE CASCADE,
    plate        TEXT    NOT NULL,
    plate_kind   TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    read         INTEGER NOT NULL,
    waits        INTEGER NOT NULL,
    first_plate  TEXT,
    first_p      REAL,
    second_plate TEXT,
    second_p     REAL,
    why          TEXT,
    hints        TEXT    NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX unsure_by_text ON unsure (plate, plate_kind, at);
CREATE INDEX unsure_first ON unsure (first_plate, plate_kind, at) WHERE first_plate IS NOT NULL;
CREATE INDEX unsure_second ON unsure (second_plate, plate_kind, at) WHERE second_plate IS NOT NULL;
CREATE INDEX unsure_waiting ON unsure (number) WHERE waits = 1;
CREATE TABLE unsure_names (
    plate      TEXT    NOT NULL,
    plate_kind TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    number     INTEGER NOT NULL REFERENCES unsure (number) ON DELETE CASCADE,
    own        TEXT    NOT NULL,
    PRIMARY KEY (plate, plate_kind, at, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX unsure_names_by_number ON unsure_names (number);
