// All contenders in one process: measures some rounds of every call, of structs, memory, callbacks, asynchronous calls
// and binding, and gives the samples to main.mjs, which starts this file several times.
import { createRequire } from 'node:module';
import { measureAsync } from './async.mjs';
import { measureBinding } from './binding.mjs';
import { measureBlocks } from './blocks.mjs';
import { measureCallbacks } from './callbacks.mjs';
import { measureCalls } from './calls.mjs';
import { builtins, contenders, enlist } from './contenders.mjs';
import { fixture } from './places.mjs';
import { measureRecords } from './records.mjs';

const [pace, first] = JSON.parse(process.argv[2]);
const require = createRequire(import.meta.url);
const enlisted = contenders.map((contender) => enlist(contender, require, fixture));
const withBuiltins = [...enlisted, ...builtins.map((builtin) => enlist(builtin, require, fixture))];
const [arkffi] = enlisted;
const samples = [
  ...measureCalls(withBuiltins, pace, first),
  ...measureRecords(enlisted, pace, first),
  ...measureBlocks(enlisted, pace, first),
  ...measureCallbacks(withBuiltins, pace, first),
  ...measureBinding(withBuiltins, pace, first),
];
for await (const more of measureAsync(enlisted, pace, first)) samples.push(more);
console.log(
  JSON.stringify({
    versions: Object.fromEntries(enlisted.map(({ id, version }) => [id, version])),
    backend: arkffi.module.stats().backend,
    samples,
  }),
);
