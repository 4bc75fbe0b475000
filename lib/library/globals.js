'use strict';
// Variables of libraries, in place.

const native = require('../binding.js');
const { allChecked } = require('../checked.js');
const { readCString } = require('../cstring.js');
const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { ADDRESS, TWO_32, views } = require('../frame.js');
const { Ground, viewAddress } = require('../record/ground.js');
const { reader, writer, viewValue } = require('../record/view.js');
const { tracing } = require('../tracing.js');
const { resolveType } = require('../types.js');

/** @typedef {import('../types.js').CType} CType */

const { u32 } = views;

/** The memory of a variable. */
class GlobalGround extends Ground {
  /** @param {DataView} view @param {import('../retained.js').Owner} owner @param {string} symbol */
  constructor(view, owner, symbol) {
    super(view, owner, undefined);
    this.symbol = symbol;
  }

  /** @param {DataView} view @returns {InstanceType<typeof Ground>} */
  part(view) {
    return new GlobalGround(view, this.owner, /** @type {string} */ (this.symbol));
  }
}

/** The same in memory that the system protects. */
class ConstantGround extends GlobalGround {
  /** @param {DataView} view @returns {InstanceType<typeof Ground>} */
  part(view) {
    return new ConstantGround(view, this.owner, /** @type {string} */ (this.symbol));
  }

  put() {
    return false;
  }

  /** @returns {never} */
  write() {
    this.check();
    return this.mayWrite(/** @type {string} */ (this.symbol));
  }

  /** @param {string} caller @returns {never} */
  mayWrite(caller) {
    const { symbol } = this;
    const where = caller === symbol ? caller : `${caller}: ${symbol}`;
    throw createError('ERR_INVALID_ARG_VALUE', `${where}: the variable is read-only in its library`, symbol);
  }
}

/**
 * The type of a variable.
 * @param {string} name
 * @param {any} definition
 * @returns {CType}
 */
function globalType(name, { type: given, ...others }) {
  const invalid = (/** @type {string} */ text) => createError('ERR_INVALID_ARG_TYPE', `${name}: ${text}`, name);
  for (const key of ['args', 'returns', 'errno', 'check', 'checked']) {
    if (others[key] !== undefined) throw invalid(`a variable has no ${key}`);
  }
  if (others.global !== true) throw invalid(`type is for variables: add global: true, or define args and returns`);
  const type = resolveType(given, `${name}: type`, name);
  const isMember = type.kind !== 'bits' && type.base !== 'void' && type.base !== 'buffer' && !type.array?.isFlexible;
  if (!isMember || (type.lent && type.lent.direction !== 'in')) {
    throw invalid(`type: there is no variable of type ${describe(given)}`);
  }
  return type;
}

/**
 * The accessors for a variable of a library: its value, or a view of it.
 * @param {number} library
 * @param {string} symbol
 * @param {CType} type
 * @param {string} name
 * @param {import('../retained.js').Owner} owner alive as long as the library is open
 * @returns {{ get: () => any, set: (value: unknown) => void }}
 */
function bindGlobal(library, symbol, type, name, owner) {
  const find = () => ({
    isConstant: native.findGlobal(library, symbol, name, type.size),
    address: u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS],
  });
  const { isConstant, address } = tracing.libraries
    ? require('../trace/look-up.js').tracedLookUp(library, symbol, find, (found) => found.address)
    : find();
  const GroundClass = isConstant ? ConstantGround : GlobalGround;
  const read = reader(type);
  const isText = type.base === 'cstring';
  const put = writer(type);
  /** @type {InstanceType<typeof Ground> | undefined} */
  let known;
  const ground = () => (known ??= new GroundClass(viewAddress(name, address, type.size, allChecked), owner, name));
  return {
    get() {
      const place = ground();
      if (!read) return viewValue(type, place, 0);
      const value = place.read(read, 0, 0);
      return isText ? readCString(name, value, undefined, type.text?.number) : value;
    },
    set(value) {
      const place = ground();
      if (!place.put(put, 0, 0, value)) place.write({ type, first: 0 }, 0, value, '');
    },
  };
}

module.exports = { bindGlobal, globalType };
