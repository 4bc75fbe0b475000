// The same in compiled code: a debugger of another thread has code run whenever the engine lets it in, while a program makes
// calls in a hot loop. Prints what went wrong: node __test__/debugger/compiled.mjs library.so
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { require } from '../open.mjs';
import { text, world } from './world.mjs';

/** So often code is run inside of the calls of each program. */
const TIMES = 60;
/** A loop ends at the latest after so many calls: where nothing is compiled, hardly anything comes in between. */
const MOST = 3_000_000;

const { programs, interruptions } = world(require('../index.js'), process.argv[2]);
const hot = [
  ...['six', 'six, slowly', 'wide', 'mixed', 'nine', 'pointers', 'texts', 'returned texts', 'buffers', 'small records'],
  ...['records of two kinds', 'large records', 'out', 'inout', 'arrays of texts', 'callback with integers'],
  ...[
    'callback with floats',
    'callback with texts',
    'callback with records',
    'callback that stays',
    'reads and writes',
  ],
];

let count = 0;
const faults = [];
/** Run by the debugger. */
globalThis.interrupt = () => {
  count++;
  try {
    for (const name of ['calls', 'texts', 'records', 'callbacks', 'memory']) interruptions[name]();
  } catch (error) {
    faults.push(error.message);
  }
};

const worker = new Worker(
  `const { Session } = require('node:inspector');
  const session = new Session();
  session.connectToMainThread();
  setInterval(() => session.post('Runtime.evaluate', { expression: 'interrupt()' }, () => {}), 1);
  require('node:worker_threads').parentPort.postMessage('ready');`,
  { eval: true },
);
await once(worker, 'message');

const results = {};
for (const name of hot) {
  const program = programs[name];
  for (let calls = 0; calls < 2000; calls++) program();
  const wanted = text(program());
  const wrong = [];
  const before = count;
  let calls = 0;
  while (count - before < TIMES && calls++ < MOST && wrong.length < 3) {
    const got = text(program());
    if (got !== wanted) wrong.push(`${got} instead of ${wanted}`);
  }
  results[name] = { count: count - before, wrong: [...wrong, ...faults.splice(0)].slice(0, 5) };
}
console.log(JSON.stringify(results));
process.exit(0);
