'use strict';
// Values as traces show them. Runs no code of the user's: objects are looked at through descriptors.

const { isAnyArrayBuffer, isProxy } = require('node:util').types;
const { functionName } = require('../describe.js');
const { INVALID, addressOf, extent, isView, wrapperName } = require('../pointer.js');
const { Address } = require('../tracing.js');

const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const { isArray } = Array;
const { stringify } = JSON;

/** So much of a string is shown, and so many members of an object. */
const LONGEST = 32;
const MOST = 6;

/** Types whose numbers are addresses. */
const POINTERS = ['ptr', 'buffer', 'cstring', 'function'];

/** @param {number | bigint} address */
const hex = (address) => (address >= 0 ? `0x${address.toString(16)}` : String(address));

/** @param {string} text */
function quoted(text) {
  return text.length > LONGEST ? `${stringify(text.slice(0, LONGEST))}...` : stringify(text);
}

/** @param {object} value a buffer or view @returns {string} */
function ofBuffer(value) {
  const length = extent(value)?.length ?? 0;
  const address = addressOf(value);
  if (address === INVALID) return '<detached buffer>';
  return `<${length} byte${length === 1 ? '' : 's'} at ${hex(address)}>`;
}

/** @param {object} value @param {string} name of an object of ours */
function ofWrapper(value, name) {
  const address = addressOf(value);
  const words = name.replace(/^an? /, '');
  return address === INVALID ? `<${words}, closed>` : `<${words} at ${hex(address)}>`;
}

/**
 * The own value of a property; undefined when that would have to be asked for.
 * @param {object} object not a proxy
 * @param {PropertyKey} key
 */
const ownValue = (object, key) => getOwnPropertyDescriptor(object, key)?.value;

/** @param {object} object a plain one or an array @param {boolean} isDeep whether to show its members */
function ofMembers(object, isDeep) {
  const [opening, closing] = isArray(object) ? ['[', ']'] : ['{ ', ' }'];
  const keys = ownKeys(object).filter((key) => typeof key === 'string' && key !== 'length');
  if (!isDeep) return `${opening.trim()}...${closing.trim()}`;
  if (keys.length === 0) return `${opening.trim()}${closing.trim()}`;
  const members = keys.slice(0, MOST).map((key) => {
    const value = show(ownValue(object, key), undefined, false);
    return isArray(object) ? value : `${String(key)}: ${value}`;
  });
  if (keys.length > MOST) members.push('...');
  return `${opening}${members.join(', ')}${closing}`;
}

/** @param {object} value @param {boolean} isDeep */
function ofObject(value, isDeep) {
  if (isProxy(value)) return '<proxy>';
  if (value instanceof Address) return value.value === 0 ? 'NULL' : hex(value.value);
  if (isView(value) || isAnyArrayBuffer(value)) return ofBuffer(value);
  const name = wrapperName(value);
  if (name !== undefined) return ofWrapper(value, name);
  const prototype = getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype || isArray(value);
  return isPlain ? ofMembers(value, isDeep) : '<object>';
}

/**
 * A value as it is shown.
 * @param {unknown} value
 * @param {import('../types.js').CType} [type] of the argument or result
 * @param {boolean} [isDeep]
 * @returns {string}
 */
function show(value, type, isDeep = true) {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
    case 'bigint':
      if (type !== undefined && (type.record || POINTERS.includes(type.base)))
        return value === 0 || value === 0n ? 'NULL' : hex(value);
      return typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? '-0' : String(value);
    case 'object':
      if (value === null) return type?.record ? 'null' : 'NULL';
      return ofObject(value, isDeep);
    case 'function':
      return `<function ${functionName(value) ?? 'without a name'}>`;
    case 'symbol':
      return '<symbol>';
    default:
      return String(value);
  }
}

/**
 * The code of an error, or else its class.
 * @param {unknown} error
 * @returns {string}
 */
function showError(error) {
  if (typeof error !== 'object' || error === null) return show(error);
  /** @param {string} key */
  const inherited = (key) => {
    for (let at = /** @type {object | null} */ (error); at !== null && !isProxy(at); at = getPrototypeOf(at)) {
      const value = ownValue(at, key);
      if (typeof value === 'string') return value;
    }
    return undefined;
  };
  return inherited('code') ?? inherited('name') ?? '<object>';
}

module.exports = { show, showError };
