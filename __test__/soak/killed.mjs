// A program, or a worker, that has helpers, tells which, and is ended from outside while it does something.
//   node __test__/soak/killed.mjs <library> <what it does>
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const { callback, isolate } = createRequire(import.meta.url)('../../index.js');
const [library, way] = process.argv.slice(2);

const functions = {
  add: { args: ['i32', 'i32'], returns: 'i32' },
  never_return: {},
  call_back: { args: [callback(['i32'], 'i32'), 'i32'], returns: 'i32' },
};
// A worker cannot be terminated while it is in native code, for ever.
const options = { callTimeout: isMainThread ? 0 : 1000, log: 'error' };
const helpers = Array.from({ length: way === 'many' ? 5 : 1 }, () => isolate(library, functions, options));
const [{ symbols }] = helpers;
symbols.add(1, 2);

const text = `${JSON.stringify(helpers.map((helper) => helper.status().pid))}\n`;
if (isMainThread) writeSync(1, text);
else process.stdout.write(text);
setInterval(() => {}, 1000);

// What is written is under way first.
setTimeout(() => {
  if (way === 'asynchronous') symbols.never_return.async().catch(() => {});
  if (way === 'calling' || way === 'many') {
    for (;;) {
      try {
        symbols.never_return();
      } catch {}
    }
  }
  if (way === 'calling back') {
    symbols.call_back(() => {
      for (;;) symbols.add(1, 2);
    }, 1);
  }
}, 10);
