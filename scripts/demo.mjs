// npm run demo: sets everything up, then runs every example against the real libraries of this machine.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { announce, buildAddon, root, run } from './steps.mjs';

buildAddon();
for (const file of readdirSync(path.join(root, 'examples'))
  .filter((name) => name.endsWith('.mjs'))
  .sort()) {
  announce(`examples/${file}`);
  run(process.execPath, [path.join('examples', file)]);
}
