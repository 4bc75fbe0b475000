// Collects garbage, in processes that were not started with --expose-gc.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

function ofV8() {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

/** @type {() => void} */
export const collect = globalThis.Bun ? () => globalThis.Bun.gc(true) : ofV8();
