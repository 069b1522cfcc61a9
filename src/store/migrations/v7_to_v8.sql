-- From version 7 to 8: a vote counts as confident from a higher probability on, so more reads may be reviewed; those that
-- are no longer confident are written down as unsure (joined::fill), and decided again with the next passages.
DROP INDEX passages_to_review;
CREATE INDEX passages_to_review ON passages (crossed_at, stream_s, id) WHERE corrected = 0 AND (plate_state = 'undetermined' OR plate_state = 'read' AND confidence < 0.9975);
