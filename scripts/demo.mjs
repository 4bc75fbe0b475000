// npm run demo: sets everything up, then runs every example against the real libraries of this machine, in a short form.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { announce, buildAddon, root, run } from './steps.mjs';

/** What an example is given that would wait for its user. */
const given = {
  'sqlite-shell.mjs': [
    ':memory:',
    "CREATE TABLE notes (note TEXT, hz REAL); INSERT INTO notes VALUES ('A', 440), ('C', 261.63), ('rest', NULL);",
    'SELECT note, hz FROM notes ORDER BY hz;',
  ],
};

buildAddon();
for (const file of readdirSync(path.join(root, 'examples'))
  .filter((name) => name.endsWith('.mjs'))
  .sort()) {
  announce(`examples/${file}`);
  run(process.execPath, [path.join('examples', file), ...(given[file] ?? [])]);
}
