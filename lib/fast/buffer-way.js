'use strict';
// Calls with buffers that the host's own FFI is given, which has their addresses sooner than JavaScript.

const { isFilled } = require('../stamps.js');
const { STATUS, byValues } = require('./way.js');

/**
 * The statements of such a call: when all buffers are typed arrays that have been passed before, and are not empty, and
 * everything else is right, it is made and the stub ends. Otherwise the stub goes on, and nothing has happened.
 * @param {import('../signature.js').Signature} signature of scalars
 * @param {import('../stub-source.js').Scalar[]} scalars
 * @param {string} clears a statement before the call
 * @param {(loaded: string | undefined) => string[]} finish statements that give the result, of the expression for it
 * @param {string | undefined} load the expression that reads the result in the frame
 * @param {Record<string, unknown>} scope gets what the statements refer to
 * @returns {string | undefined} undefined where there is no such way
 */
function byBuffers(signature, scalars, clears, finish, load, scope) {
  /** @type {(scalar: import('../stub-source.js').Scalar) => boolean} */
  const isBuffer = ({ type }) => type.base === 'buffer';
  const buffers = scalars.filter(isBuffer);
  const others = scalars.filter((scalar) => !isBuffer(scalar));
  // To read strings takes scratch memory.
  if (buffers.length === 0 || others.some(({ type }) => type.base === 'cstring')) return undefined;
  const values = scalars.map((scalar) => (isBuffer(scalar) ? `a${scalar.index}` : scalar.value));
  // Nothing is kept: who `takesBuffers` keeps the rest.
  const made = byValues(signature, values, [], true);
  if (made === undefined) return undefined;
  const { caller, args, cut, isElsewhere } = made;
  Object.assign(scope, { isFilled, bufferCaller: caller });
  const call = `bufferCaller(${args});`;
  return [
    `if (${buffers.map(({ index }) => `isFilled(a${index})`).join(' && ')}) {`,
    ...others.map(({ read }) => read),
    `if (${others.map(({ isDirect }) => isDirect).join(' && ') || 'true'}) {`,
    clears,
    cut ? `const result = ${call}` : call,
    `if (!(${isElsewhere})) {`,
    ...finish(cut ? cut('result') : load),
    // Else `settle` would be asked, which ends the call too.
    'return; }',
    `if (!settle(${STATUS})) {`,
    ...finish(load),
    'return; } } }',
  ].join('\n');
}

module.exports = { byBuffers };
