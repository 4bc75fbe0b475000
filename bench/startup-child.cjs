'use strict';
// In a fresh process: how long `require` of a contender takes, then opening a library and binding ten
// functions for the first time.
const [, , id, specifier] = process.argv;

performance.now(); // its own first call is not ours
const start = performance.now();
const module_ = require(specifier);
const loaded = performance.now();

(async () => {
  const { contenders } = await import('./contenders.mjs');
  const { functions } = await import('./functions.mjs');
  const { fixture } = await import('./places.mjs');
  const { binder } = contenders.find((contender) => contender.id === id);
  const bind = binder?.(module_, Object.keys(functions));
  const before = performance.now();
  bind?.(fixture);
  const after = performance.now();
  console.log(JSON.stringify({ require: loaded - start, bind: bind ? after - before : null }));
})();
