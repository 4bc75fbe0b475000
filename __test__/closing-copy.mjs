// Copies of the fixture whose unloading can be seen: each is a library of its own, which is loaded once.
import { copyFileSync, rmSync } from 'node:fs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi } from './open.mjs';

let copies = 0;

/** Opens another copy. @param {Record<string, object>} definitions */
export function openCopy(definitions) {
  const file = `${fixture('closing')}.${process.pid}.${copies++}.so`;
  copyFileSync(fixture('closing'), file);
  try {
    return arkffi.dlopen(file, definitions);
  } finally {
    rmSync(file);
  }
}
