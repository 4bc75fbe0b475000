'use strict';
// Callers made of functions of a host's own FFI: which of the entries they are of, what that is passed, and what is only to
// be kept reachable, of which it knows nothing.

/** @typedef {import('./provider.js').Caller} Caller */
/** @typedef {import('./provider.js').Kind} Kind */

/**
 * So many integers are passed in registers that an entry for few has (src/fast/entry.rs), and so many floats that one has that
 * takes doubles.
 */
const FEW = 4;
/** So many floats are passed in registers. */
const MOST_FLOATS = 8;

/** In an order: no value. */
const NOTHING = -1;

/** @param {string} kind */
const isFloat = (kind) => kind === 'f32' || kind === 'f64';

/** Whether entries for brief functions leave such a result in the frame. @param {string} result */
const isStored = (result) => result === 'void' || result === 'address';

/** The beginning of the name of an entry for brief functions with such a result. @param {string} result */
const briefFor = (result) => (isStored(result) ? 'briefStores' : 'brief');

/** Which of some values are integers, and which floats: they are in registers of their own. @param {Kind[]} values */
function split(values) {
  const all = [...values.keys()];
  return {
    ints: all.filter((index) => !isFloat(values[index])),
    floats: all.filter((index) => isFloat(values[index])),
  };
}

/**
 * How an entry is called.
 * @typedef {object} Passing
 * @property {string} entry its name
 * @property {Kind[]} kinds what it takes behind the callee
 * @property {number[]} order which of the values these are, in order; `NOTHING` stands for a 0
 */

/**
 * How these values are passed; undefined if that cannot be.
 * @param {Kind[]} values
 * @param {Kind | 'void'} result
 * @param {boolean} hasTexts
 * @param {boolean} isBrief
 * @param {(kind: Kind) => boolean} isAsDouble whether the host had better pass such integers as doubles
 * @returns {Passing | undefined}
 */
function passing(values, result, hasTexts, isBrief, isAsDouble) {
  const { ints, floats } = split(values);
  if (!values.some(isAsDouble)) {
    const way = { kinds: values, order: [...values.keys()] };
    if (isBrief) return { entry: briefFor(result), ...way };
    const isFew = ints.length <= FEW;
    if (result === 'address') return isFew && !hasTexts ? { entry: 'fewAddresses', ...way } : undefined;
    if (isFloat(result)) return { entry: isFew && !hasTexts ? 'fewFloats' : 'floats', ...way };
    return { entry: !isFew ? 'integers' : hasTexts ? 'fewTexts' : 'fewIntegers', ...way };
  }
  // Such results of strings are seldom: there is no entry for them. A view is no Number.
  if (
    ints.length > FEW ||
    floats.length > FEW ||
    (hasTexts && (isFloat(result) || result === 'address')) ||
    values.includes('buffer')
  )
    return undefined;
  const doubles = [...ints];
  // Floats come in the registers behind those of all integers.
  if (floats.length > 0) while (doubles.length < FEW) doubles.push(NOTHING);
  const entry = result === 'address' ? 'addressesFromDoubles' : isFloat(result) ? 'floatsFromDoubles' : 'fromDoubles';
  return {
    entry: isBrief ? `${briefFor(result)}FromDoubles` : entry,
    kinds: [...doubles.map(() => /** @type {const} */ ('f64')), ...floats.map((index) => values[index])],
    order: [...doubles, ...floats],
  };
}

/**
 * The same where only one integer is passed as a double, by entries that are only there by name; undefined if
 * that is not so.
 * @type {typeof passing}
 */
function passingOneWide(values, result, hasTexts, isBrief, isAsDouble) {
  const { ints, floats } = split(values);
  const [wide, ...more] = ints.filter((index) => isAsDouble(values[index]));
  if (wide === undefined || more.length > 0 || hasTexts || (result === 'address' && !isBrief)) return undefined;
  if (ints.length > FEW || floats.length >= MOST_FLOATS) return undefined;
  const others = ints.filter((index) => index !== wide);
  const entry = isBrief ? `${briefFor(result)}WideAt` : isFloat(result) ? 'floatsWideAt' : 'wideAt';
  return {
    entry: entry + ints.indexOf(wide),
    kinds: [...others.map((index) => values[index]), 'f64', ...floats.map((index) => values[index])],
    order: [...others, wide, ...floats],
  };
}

/**
 * A caller `(callee, ...values, ...kept)`. What is kept stands in a variable until C has returned: an engine that
 * compiles this sees that it is put there, and that the next call may look. Calls inside of the call put back what they
 * have found.
 * @param {Function} made of the host's
 * @param {number} values how many
 * @param {number} kept how many
 * @returns {Caller}
 */
function holding(made, values, kept) {
  if (kept === 0) return /** @type {Caller} */ (made);
  const params = Array.from({ length: values }, (_, index) => `v${index}`);
  const names = Array.from({ length: kept }, (_, index) => `k${index}`);
  const each = (/** @type {(name: string) => string} */ write) => names.map(write).join(' ');
  return new Function(
    'made',
    `'use strict'; ${each((name) => `let held${name};`)}
    return function (${['callee', ...params, ...names].join(', ')}) {
      ${each((name) => `const outer${name} = held${name}; held${name} = ${name};`)}
      const result = made(${['callee', ...params].join(', ')});
      ${each((name) => `held${name} = outer${name};`)}
      return result;
    };`,
  )(made);
}

/**
 * The same, and the order that it takes the values in.
 * @param {Function} made
 * @param {number[]} order
 * @param {number} kept
 * @returns {import('./provider.js').Made}
 */
function ordered(made, order, kept) {
  return { caller: holding(made, order.length, kept), order };
}

module.exports = { NOTHING, holding, isStored, ordered, passing, passingOneWide };
