'use strict';
// Buffers that a program has no more use for must not be collected before their bytes have been read: engines that compile
// well forget them as soon as only their address is used. Eight workers, for small heaps that are collected often. Prints what
// was read wrongly, and how often.
const { isMainThread, parentPort, Worker, workerData: number } = require('node:worker_threads');
const { alloc, array, read, Struct } = require('../../index.js');

function work() {
  const wrong = {};
  const is = (what, got) => {
    if (got !== number) wrong[what] = (wrong[what] ?? 0) + 1;
  };
  const Pair = Struct({ number: 'u8', text: 'cstring' });
  const Outer = Struct({ pair: Pair });
  const Three = array('u8', 3);
  const memory = alloc('u8', 3);
  const make = () => Pair.create({ number, text: 'x' });
  for (let i = 0; i < (process.versions.bun ? 20_000 : 2000); i++) {
    is('get', Pair.get(make(), 'number'));
    is('fromPtr', Pair.fromPtr(make()).number);
    is('a nested record', Outer.fromPtr(Outer.create({ pair: make() })).pair.number);
    is('read', read.u8(Pair.view(make())));
    is('an array', Three.fromPtr(Uint8Array.of(9, number, 9))[1]);
    memory.setBytes(Uint8Array.of(1, number, 3));
    is('bytes', memory.at(1));
  }
  memory.free();
  return wrong;
}

async function main() {
  const answers = Array.from({ length: 8 }, (_, workerData) => {
    const worker = new Worker(__filename, { workerData });
    return new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  });
  console.log(JSON.stringify(await Promise.all(answers)));
  process.exit();
}

if (isMainThread) main();
else parentPort.postMessage(work());
