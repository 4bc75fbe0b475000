// Some rounds of calls and of callbacks in the host that runs this file: arkffi, and what the host has itself. In Node,
// Koffi too. hosts.mjs starts this file several times in each host.
import { createRequire } from 'node:module';
import { measureCallbacks } from './callbacks.mjs';
import { measureCalls } from './calls.mjs';
import { builtins, contenders, enlist } from './contenders.mjs';
import { enlistHost, host } from './host-contenders.mjs';
import { fixture } from './places.mjs';

const [pace, first] = JSON.parse(process.argv[2]);
const require = createRequire(import.meta.url);
const inNode = () => [...contenders.filter(({ id }) => id === 'koffi'), ...builtins];
const peers = host === 'node' ? inNode().map((peer) => enlist(peer, require, fixture)) : [enlistHost(require, fixture)];
const arkffi = enlist(contenders[0], require, fixture);
const enlisted = [arkffi, ...peers];
console.log(
  JSON.stringify({
    version: globalThis.Deno?.version.deno ?? globalThis.Bun?.version ?? process.version,
    backend: arkffi.module.stats().backend,
    samples: [...measureCalls(enlisted, pace, first), ...measureCallbacks(enlisted, pace, first)],
  }),
);
