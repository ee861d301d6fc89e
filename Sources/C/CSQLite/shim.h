#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast that Swift does not import: SQLite makes a copy of the bytes. Nothing has no address in Swift,
// which would be NULL for SQLite.
static inline int haq_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 length) {
  return sqlite3_bind_text64(statement, index, text ? text : "", length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int haq_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 length) {
  return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", length, SQLITE_TRANSIENT);
}

static inline void haq_sqlite_result_text(sqlite3_context *context, const char *text, sqlite3_uint64 length) {
  sqlite3_result_text64(context, text ? text : "", length, SQLITE_TRANSIENT, SQLITE_UTF8);
}
