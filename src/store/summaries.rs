//! What is kept beside the passages so that questions are quick: the plates on record, and counts by hour. Triggers keep
//! them with every write; here they are made anew, and compared with what the passages say.

use rusqlite::Connection;

const PLATES: &str = "SELECT plate, plate_kind, plate_folded, \
    substr(plate_folded, -1, 1) || substr(plate_folded, -2, 1) || substr(plate_folded, -3, 1) || substr(plate_folded, -4, 1) || substr(plate_folded, -5, 1) || substr(plate_folded, -6, 1) || substr(plate_folded, -7, 1) || substr(plate_folded, -8, 1) || substr(plate_folded, -9, 1) || substr(plate_folded, -10, 1) || substr(plate_folded, -11, 1) || substr(plate_folded, -12, 1), \
    count(*) FROM passages WHERE plate IS NOT NULL GROUP BY plate, plate_kind";
const HOURLY: &str = "SELECT crossed_at - crossed_at % 3600000000 AS hour, camera, coalesce(gate, '') AS gate, direction, class, \
    coalesce(province, '') AS province, verdict, plate_state, count(*) FROM passages WHERE crossed_at IS NOT NULL \
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8";

/// Makes both anew from the passages.
pub(super) fn rebuild(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(&format!(
        "DELETE FROM plates; INSERT INTO plates {PLATES}; DELETE FROM hourly; INSERT INTO hourly {HOURLY};"
    ))
}

/// How many rows of each differ from what the passages say: plates, hours.
pub(super) fn differences(db: &Connection) -> rusqlite::Result<(i64, i64)> {
    let differ = |kept: &str, told: &str| {
        let one_way = |a: &str, b: &str| format!("(SELECT count(*) FROM ({a} EXCEPT {b}))");
        db.query_row(&format!("SELECT {} + {}", one_way(kept, told), one_way(told, kept)), [], |row| {
            row.get(0)
        })
    };
    Ok((differ("SELECT * FROM plates", PLATES)?, differ("SELECT * FROM hourly", HOURLY)?))
}
