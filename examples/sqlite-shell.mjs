// A shell for SQLite databases: node sqlite-shell.mjs [file] [statements]
// Without statements it reads them from the terminal, or what is piped in. .tables and .quit are its commands.
import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { dlopen, opaque, out, strdup } from 'arkffi';

const Database = opaque('sqlite3');
const Statement = opaque('sqlite3_stmt');
const [OK, ROW, DONE] = [0, 100, 101];
const TABLES = "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name";

function openLibrary() {
  try {
    return dlopen(['libsqlite3.so.0', 'sqlite3'], {
      sqlite3_open: { args: ['cstring', out(Database)], returns: 'int' },
      sqlite3_close: { args: [Database], returns: 'int' },
      sqlite3_errmsg: { args: [Database], returns: 'cstring' },
      sqlite3_complete: { args: ['cstring'], returns: 'int' },
      sqlite3_prepare_v2: { args: [Database, 'ptr', 'int', out(Statement), out('ptr')], returns: 'int' },
      sqlite3_step: { args: [Statement], returns: 'int' },
      sqlite3_finalize: { args: [Statement], returns: 'int' },
      sqlite3_column_count: { args: [Statement], returns: 'int' },
      sqlite3_column_name: { args: [Statement, 'int'], returns: 'cstring' },
      sqlite3_column_text: { args: [Statement, 'int'], returns: 'cstring' },
    }).symbols;
  } catch (error) {
    console.log(`SQLite is not installed here (${error.code}); nothing to show`);
    process.exit();
  }
}
const sqlite = openLibrary();

function check(database, status) {
  if ([OK, ROW, DONE].includes(status)) return status;
  throw new Error(sqlite.sqlite3_errmsg(database));
}

/** The rows of a statement as texts, after the names of its columns. */
function rowsOf(database, statement) {
  const columns = [...Array(sqlite.sqlite3_column_count(statement)).keys()];
  const rows = [columns.map((column) => sqlite.sqlite3_column_name(statement, column))];
  while (check(database, sqlite.sqlite3_step(statement)) === ROW)
    rows.push(columns.map((column) => sqlite.sqlite3_column_text(statement, column) ?? 'NULL'));
  return rows;
}

function printTable([names, ...rows]) {
  const widths = names.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column].length)));
  const print = (cells, by) => console.log(cells.map((cell, column) => cell.padEnd(widths[column])).join(by));
  print(names, ' │ ');
  console.log(widths.map((width) => '─'.repeat(width)).join('─┼─'));
  for (const row of rows) print(row, ' │ ');
}

function run(database, text) {
  const memory = strdup(text);
  try {
    for (let offset = 0; offset < memory.size - 1;) {
      const [prepared, rest] = [[null], [0]];
      check(database, sqlite.sqlite3_prepare_v2(database, memory.slice(offset), -1, prepared, rest));
      offset = rest[0] - memory.ptr; // where the next one begins
      if (prepared[0] === null) continue; // only space, or a comment
      try {
        const rows = rowsOf(database, prepared[0]);
        if (rows[0].length > 0) printTable(rows);
      } finally {
        sqlite.sqlite3_finalize(prepared[0]);
      }
    }
  } finally {
    memory.free();
  }
}

async function readStatements(database) {
  const input = createInterface({ input: stdin, output: stdin.isTTY ? stdout : undefined, prompt: 'sqlite> ' });
  let text = '';
  input.prompt();
  for await (const line of input) {
    if (line.trim() === '.quit') break;
    text += line.trim() === '.tables' ? `${TABLES};` : `${line}\n`;
    try {
      if (sqlite.sqlite3_complete(text)) run(database, text);
      else if (text.trim() !== '') continue; // more lines belong to it
    } catch (error) {
      console.log(`Error: ${error.message}`);
    }
    text = '';
    input.prompt();
  }
}

const [file = ':memory:', ...statements] = process.argv.slice(2);
const opened = [null];
const status = sqlite.sqlite3_open(file, opened);
const [database] = opened;
check(database, status);
if (statements.length > 0) statements.forEach((text) => run(database, text));
else await readStatements(database);
check(database, sqlite.sqlite3_close(database));
