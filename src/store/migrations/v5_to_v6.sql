-- From version 5 to 6: reads that may be reviewed, up to the confidence of the strictest reader; a question for less is
-- answered by the same index. What is learned of the times between cameras.
DROP INDEX passages_to_review;
CREATE INDEX passages_to_review ON passages (crossed_at, stream_s, id) WHERE corrected = 0 AND (plate_state = 'undetermined' OR plate_state = 'read' AND confidence < 0.995);
CREATE TABLE learned_links (
    week INTEGER PRIMARY KEY,
    body TEXT    NOT NULL
) STRICT;
