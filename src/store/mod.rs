//! The SQLite store: schema, migrations, writer, queries, check, retention. The only room that names rusqlite.
