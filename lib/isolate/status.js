'use strict';
// What there is of an isolate.

/** @param {InstanceType<typeof import('./isolation.js').Isolation>} isolation */
function statusOf({ inside, libraries, options, restarts }) {
  // It may have ended since somebody needed it.
  inside.look();
  return {
    pid: inside.isAlive ? inside.pid : null,
    libraries: libraries.size,
    liveAllocations: inside.isAlive ? inside.blocks.size : 0,
    restarts,
    limits: options.limits,
  };
}

module.exports = { statusOf };
