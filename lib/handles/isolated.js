'use strict';
// arkffi/handles in a helper process: the same functions and ids, memory and libraries elsewhere.

const { demandHelpers } = require('../isolate/host.js');
const { createError } = require('../errors.js');
const { crossingOf } = require('../isolate/crossing.js');
const { makeFunctions } = require('../isolate/functions.js');
const { Isolation } = require('../isolate/isolation.js');
const memory = require('../isolate/memory.js');
const { readIsolateOptions } = require('../isolate/options.js');
const { statusOf } = require('../isolate/status.js');
const { dispose } = require('../library.js');
const { candidates, readOptions } = require('../library/open.js');
const { planSignature } = require('../signature.js');
const { dialect } = require('./dialect.js');
const { createFunctions } = require('./functions.js');

/** @typedef {InstanceType<typeof Isolation>} AnyIsolation */

/**
 * @param {AnyIsolation} isolation
 * @returns {import('./functions.js').Place<import('../isolate/isolation.js').OpenLibrary>}
 */
function placeIn(isolation) {
  const crossing = crossingOf(isolation);
  return {
    allocate: (size) => memory.alloc(isolation, size),
    duplicate: (text) => memory.strdup(isolation, text),
    open: (path) => isolation.open('load', candidates('load', path), readOptions('load', undefined, 1)),
    bind(library, name, args, returns) {
      const local = planSignature(name, args, returns);
      if (typeof local.result.free === 'function') {
        const text = `${name}: a function that frees its result by another cannot be isolated`;
        throw createError('ERR_UNSUPPORTED_ARGS', text, name);
      }
      const signature = { ...isolation.types.signature(local, name), crossing };
      const [number] = isolation.bind('sym', library, [{ symbol: name, name, optional: false, signature }]);
      const plans = [{ number: /** @type {number} */ (number), name, signature }];
      const [call] = makeFunctions(isolation, library, plans);
      return { call, params: local.params, isVariadic: local.isVariadic };
    },
  };
}

/**
 * The functions of arkffi/handles, in a helper process of their own.
 * @param {unknown} [options]
 */
const isolated = dialect(function isolated(options) {
  demandHelpers('isolated');
  const isolation = new Isolation(readIsolateOptions('isolated', options, 0));
  return {
    ...createFunctions(placeIn(isolation)),
    /** Whether the helper answers. */
    ping: dialect(function ping() {
      return isolation.ready('ping').ask('ping', { op: 'ping' });
    }),
    status: () => statusOf(isolation),
    close: () => isolation.end(),
    [dispose]: () => isolation.end(),
  };
});

module.exports = { isolated };
