'use strict';
// Callers made of functions of a host's own FFI: which of the entries they are of, what that is passed, and what is only to
// be kept reachable, of which it knows nothing.

const { canGenerate } = require('../generate.js');

/** @typedef {import('./provider.js').Caller} Caller */
/** @typedef {import('./provider.js').Kind} Kind */

/** So many integers are passed in registers that an entry for few has, and so many floats that one has that takes doubles. */
const FEW = 4;
/** So many floats are passed in registers. */
const MOST_FLOATS = 8;

/** @param {string} kind */
const isFloat = (kind) => kind === 'f32' || kind === 'f64';

/**
 * How an entry is called.
 * @typedef {object} Passing
 * @property {string} entry its name
 * @property {Kind[]} kinds what it takes behind the callee
 * @property {string[]} texts of that: `v0` is the caller's first value
 */

/**
 * How these values are passed; undefined if that cannot be.
 * @param {Kind[]} values
 * @param {Kind | 'void'} result
 * @param {boolean} hasTexts
 * @param {boolean} isBrief which makes no difference where integers are passed as doubles
 * @param {(kind: Kind) => boolean} isAsDouble whether the host had better pass such integers as doubles
 * @returns {Passing | undefined}
 */
function passing(values, result, hasTexts, isBrief, isAsDouble) {
  const texts = values.map((_, index) => `v${index}`);
  const isAt = (/** @type {boolean} */ floats) => (/** @type {unknown} */ _, /** @type {number} */ index) =>
    isFloat(values[index]) === floats;
  const ints = texts.filter(isAt(false));
  if (!values.some(isAsDouble)) {
    if (isBrief) return { entry: result === 'void' ? 'briefStores' : 'brief', kinds: values, texts };
    const isFew = ints.length <= FEW;
    if (isFloat(result)) return { entry: isFew && !hasTexts ? 'fewFloats' : 'floats', kinds: values, texts };
    return { entry: !isFew ? 'integers' : hasTexts ? 'fewTexts' : 'fewIntegers', kinds: values, texts };
  }
  const floats = texts.filter(isAt(true));
  // Such results of strings are seldom: there is no entry for them. A view is no Number.
  if (ints.length > FEW || floats.length > FEW || (isFloat(result) && hasTexts) || values.includes('buffer'))
    return undefined;
  // Floats come in the registers behind those of all integers.
  if (floats.length > 0) while (ints.length < FEW) ints.push('0');
  return {
    entry: isFloat(result) ? 'floatsFromDoubles' : 'fromDoubles',
    kinds: [...ints.map(() => /** @type {const} */ ('f64')), ...values.filter(isFloat)],
    texts: [...ints, ...floats],
  };
}

/**
 * The same where only one integer is passed as a double, by entries that are only there by name; undefined if
 * that is not so.
 * @type {typeof passing}
 */
function passingOneWide(values, result, hasTexts, isBrief, isAsDouble) {
  const numbers = [...values.keys()];
  const floats = numbers.filter((index) => isFloat(values[index]));
  const ints = numbers.filter((index) => !isFloat(values[index]));
  const [wide, ...more] = ints.filter((index) => isAsDouble(values[index]));
  if (wide === undefined || more.length > 0 || hasTexts) return undefined;
  if (ints.length > FEW || floats.length >= MOST_FLOATS) return undefined;
  const others = ints.filter((index) => index !== wide);
  const entry = isBrief && result !== 'void' ? 'briefWideAt' : isFloat(result) ? 'floatsWideAt' : 'wideAt';
  return {
    entry: entry + ints.indexOf(wide),
    kinds: [...others.map((index) => values[index]), 'f64', ...floats.map((index) => values[index])],
    texts: [...others, wide, ...floats].map((index) => `v${index}`),
  };
}

/**
 * A caller `(callee, ...values, ...kept)`. What is kept stands in a variable until C has returned: an engine that
 * compiles this sees that it is put there, and that the next call may look. Calls inside of the call put back what they
 * have found.
 * @param {Function} made of the host's
 * @param {string[]} texts what that takes behind the callee
 * @param {number} values how many
 * @param {number} kept how many
 * @returns {Caller | null}
 */
function holding(made, texts, values, kept) {
  const params = Array.from({ length: values }, (_, index) => `v${index}`);
  if (kept === 0 && texts.join() === params.join()) return /** @type {Caller} */ (made);
  if (!canGenerate) return null;
  const names = Array.from({ length: kept }, (_, index) => `k${index}`);
  const each = (/** @type {(name: string) => string} */ write) => names.map(write).join(' ');
  return new Function(
    'made',
    `'use strict'; ${each((name) => `let held${name};`)}
    return function (${['callee', ...params, ...names].join(', ')}) {
      ${each((name) => `const outer${name} = held${name}; held${name} = ${name};`)}
      const result = made(${['callee', ...texts].join(', ')});
      ${each((name) => `held${name} = outer${name};`)}
      return result;
    };`,
  )(made);
}

module.exports = { holding, passing, passingOneWide };
