// All contenders in one process: measures some rounds of every call, of structs and of binding, and gives
// the samples to main.mjs, which starts this file several times.
import { createRequire } from 'node:module';
import { measureBinding } from './binding.mjs';
import { measureCalls } from './calls.mjs';
import { contenders, enlist } from './contenders.mjs';
import { fixture } from './places.mjs';
import { measureRecords } from './records.mjs';

const [pace, first] = JSON.parse(process.argv[2]);
const require = createRequire(import.meta.url);
const enlisted = contenders.map((contender) => enlist(contender, require, fixture));
const [arkffi] = enlisted;
console.log(
  JSON.stringify({
    versions: Object.fromEntries(enlisted.map(({ id, version }) => [id, version])),
    backend: arkffi.module.stats().backend,
    samples: [
      ...measureCalls(enlisted, pace, first),
      ...measureRecords(enlisted, pace, first),
      ...measureBinding(enlisted, pace, first),
    ],
  }),
);
