'use strict';
// Eight workers at once, each with libraries, callbacks, memory and asynchronous calls of its own: prints how many results
// were wrong in each. node workers.cjs <the fixture basics>
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');
const { alloc, dlopen, JSCallback, Struct } = require('../../index.js');

const { symbols } = dlopen(isMainThread ? process.argv[2] : workerData.file, {
  add: { args: ['i32', 'i32'], returns: 'i32' },
  apply: { args: ['function', 'i32'], returns: 'i32' },
  echo: { args: ['cstring'], returns: 'cstring' },
  sum: { args: ['ptr', 'i32'], returns: 'i32' },
});

/** What a worker says next. */
const answer = (worker) =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });

async function work(number) {
  let wrong = 0;
  const is = (got, expected) => {
    if (got !== expected) wrong++;
  };
  const double = new JSCallback((value) => value * 2 + number, { args: ['i32'], returns: 'i32' });
  const Pair = Struct({ number: 'u8', text: 'cstring' });
  for (let i = 0; i < 2000; i++) {
    is(symbols.add(number, i), number + i);
    is(symbols.echo(`worker ${number} ${i}`), `worker ${number} ${i}`);
    is(symbols.apply(double, i), i * 2 + number + 7);
    const memory = alloc('u8', 4);
    for (let at = 0; at < 4; at++) memory.set(at, number + at);
    is(symbols.sum(memory, 4), number * 4 + 6);
    memory.free();
    is(Pair.get(Pair.create({ number, text: 'x' }), 'number'), number);
  }
  const calls = await Promise.all(Array.from({ length: 50 }, (_, i) => symbols.add.async(number, i)));
  calls.forEach((result, i) => is(result, number + i));
  double.close();
  return wrong;
}

async function main() {
  const workers = Array.from(
    { length: 8 },
    (_, number) => new Worker(__filename, { workerData: { number, file: process.argv[2] } }),
  );
  await Promise.all(workers.map(answer));
  const wrong = workers.map(answer);
  for (const worker of workers) worker.postMessage('go');
  console.log((await Promise.all(wrong)).join(' '));
  await Promise.all(workers.map((worker) => worker.terminate()));
  console.log(await work(8));
}

if (isMainThread) {
  main();
} else {
  parentPort.once('message', async () => parentPort.postMessage(await work(workerData.number)));
  parentPort.postMessage('ready');
}
