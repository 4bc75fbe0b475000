'use strict';
// Callers made of functions of a host's own FFI, which know nothing of values that are only to be kept reachable.

const { canGenerate } = require('../generate.js');

/** @typedef {import('./provider.js').Caller} Caller */

/**
 * A caller `(number, ...values, ...kept)`. What is kept stands in a variable until C has returned: an engine that
 * compiles this sees that it is put there, and that the next call may look. Calls inside of the call put back what they
 * have found.
 * @param {Function} made `(number, ...values)` of the host's
 * @param {number} values how many
 * @param {number} kept how many
 * @returns {Caller | null}
 */
function holding(made, values, kept) {
  if (kept === 0) return /** @type {Caller} */ (made);
  if (!canGenerate) return null;
  const passed = ['', ...Array.from({ length: values }, (_, index) => `v${index}`)].join(', ');
  const names = Array.from({ length: kept }, (_, index) => `k${index}`);
  const each = (/** @type {(name: string) => string} */ write) => names.map(write).join(' ');
  return new Function(
    'made',
    `'use strict'; let ${names.map((name) => `held${name}`).join(', ')};
    return function (${['number' + passed, ...names].join(', ')}) {
      ${each((name) => `const outer${name} = held${name}; held${name} = ${name};`)}
      const result = made(number${passed});
      ${each((name) => `held${name} = outer${name};`)}
      return result;
    };`,
  )(made);
}

/** So many integers are passed in registers that an entry for few has. */
const FEW = 4;

/** @param {string} kind */
const isFloat = (kind) => kind === 'f32' || kind === 'f64';

/**
 * Which of the entries takes these values.
 * @param {import('./provider.js').Kind[]} values
 * @param {import('./provider.js').Kind | 'void'} result
 * @param {boolean} hasTexts
 */
function entryFor(values, result, hasTexts) {
  const isFew = values.filter((kind) => !isFloat(kind)).length <= FEW;
  if (isFloat(result)) return isFew && !hasTexts ? 'fewFloats' : 'floats';
  if (!isFew) return 'integers';
  return hasTexts ? 'fewTexts' : 'fewIntegers';
}

module.exports = { entryFor, holding };
