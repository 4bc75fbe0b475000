'use strict';
// In a fresh process: how long `require` of a contender takes, then opening a library and binding ten
// functions for the first time.
const [, , id, specifier, share] = process.argv;

// Fills the engine's space for young objects up to a share of the 1 MB that it has at first. When it is
// full it is collected: without this, chance would decide whom that strikes, every time the same.
let young;
for (let i = 0; i < Number(share) * 18_000; i++) young = [i];

performance.now(); // its own first call is not ours
const start = performance.now();
const contender = require(specifier);
const loaded = performance.now();

(async () => {
  const { contenders } = await import('./contenders.mjs');
  const { functions } = await import('./functions.mjs');
  const { fixture } = await import('./places.mjs');
  const bind = contenders.find((one) => one.id === id).binder?.(contender, Object.keys(functions));
  const before = performance.now();
  bind?.(fixture);
  const after = performance.now();
  console.log(JSON.stringify({ require: loaded - start, bind: bind ? after - before : null }));
  return young;
})();
