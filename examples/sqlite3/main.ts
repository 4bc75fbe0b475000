// SQLite from its header: a database in memory, 100 000 rows, and a query that calls back for every row.
// sqlite3.ts beside this file is written by
//   npx arkffi gen /usr/include/sqlite3.h -l libsqlite3.so.0 -o sqlite3.ts
import { CString, read } from 'arkffi';
import * as sqlite from './sqlite3.js';

const ROWS = 100_000;
const POINTER_SIZE = 8;

/** Opens a database; the address of its handle comes back in the array. */
function open(name: string): sqlite.sqlite3 {
  const handles: (sqlite.sqlite3 | null)[] = [null];
  const status = sqlite.sqlite3_open(name, handles);
  const [database] = handles;
  if (status !== sqlite.SQLITE_OK || !database) throw new Error(`cannot open ${name}: ${status}`);
  return database;
}

/** Throws what SQLite says when a call did not succeed. */
function check(database: sqlite.sqlite3, status: number): void {
  if (status === sqlite.SQLITE_OK || status === sqlite.SQLITE_DONE) return;
  throw new Error(`SQLite: ${sqlite.sqlite3_errmsg(database)} (${status})`);
}

function execute(database: sqlite.sqlite3, statement: string): void {
  check(database, sqlite.sqlite3_exec(database, statement, null, null, null));
}

/** Inserts the squares of so many numbers, in one transaction. */
function insertSquares(database: sqlite.sqlite3, count: number): void {
  const statements: (sqlite.sqlite3_stmt | null)[] = [null];
  const text = 'INSERT INTO squares VALUES (?, ?, ?)';
  check(database, sqlite.sqlite3_prepare_v2(database, text, -1, statements, null));
  const [insert = null] = statements;
  execute(database, 'BEGIN');
  for (let number = 0; number < count; number++) {
    sqlite.sqlite3_bind_int(insert, 1, number);
    sqlite.sqlite3_bind_int64(insert, 2, number ** 2);
    sqlite.sqlite3_bind_text(insert, 3, `number ${number}`, -1, sqlite.SQLITE_TRANSIENT);
    check(database, sqlite.sqlite3_step(insert));
    sqlite.sqlite3_reset(insert);
  }
  execute(database, 'COMMIT');
  check(database, sqlite.sqlite3_finalize(insert));
}

/** The rows of a query, each as texts. */
function query(database: sqlite.sqlite3, statement: string): string[][] {
  const rows: string[][] = [];
  const onRow = (_: unknown, columns: number, values: number | bigint): number => {
    const texts = Array.from({ length: columns }, (_, index) => read.ptr(values, index * POINTER_SIZE));
    rows.push(texts.map((address) => new CString(address).toString()));
    return 0;
  };
  check(database, sqlite.sqlite3_exec(database, statement, onRow, null, null));
  return rows;
}

const database = open(':memory:');
execute(database, 'CREATE TABLE squares (number INTEGER PRIMARY KEY, square INTEGER, name TEXT)');
insertSquares(database, ROWS);
const [total] = query(database, 'SELECT count(*), sum(square) FROM squares');
const rows = query(database, 'SELECT number, square, name FROM squares ORDER BY number');
console.log(`SQLite ${sqlite.SQLITE_VERSION}: ${rows.length} rows, total ${total?.join(' and ')}`);
console.log(`the last one: ${rows.at(-1)?.join(', ')}`);
check(database, sqlite.sqlite3_close(database));
sqlite.library.close();
