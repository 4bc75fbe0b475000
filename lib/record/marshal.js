'use strict';
// The functions that write and read records and arrays, made when they are first needed.

const runtime = require('../runtime.js');
const { canGenerate } = require('../generate.js');
const { within } = require('../refused.js');
const { arrayMarshal } = require('./array-type.js');
const { elementClosures, recordClosures } = require('./closures.js');
const { elementsSource, recordSource } = require('./source.js');

/** @typedef {import('../types.js').CType} CType */
/** @typedef {import('./cold.js').Keep} Keep */

/**
 * Writes a value to memory, padding included; reads it as fresh objects.
 * @typedef {object} Marshal
 * @property {(view: DataView, at: number, value: any, keep: Keep) => void} put
 * @property {(view: DataView, at: number) => any} get
 *
 * The same for so many elements, one after the other.
 * @typedef {object} Elements
 * @property {(view: DataView, at: number, values: any, keep: Keep, count: number) => void} put
 * @property {(view: DataView, at: number, count: number) => any[]} get
 */

/** By what a type is made of: as a result, a record may be decoded or not. @type {WeakMap<object, Marshal>} */
const marshals = new WeakMap();
/** @type {WeakMap<CType, Elements>} */
const elements = new WeakMap();

const shared = { ...runtime, within };

/** @param {{ source: string, values: Record<string, unknown> }} text @returns {any} */
function compile({ source, values }) {
  /** @type {Record<string, unknown>} */
  const scope = { ...shared, ...values };
  const names = Object.keys(scope).filter((name) => source.includes(name));
  return new Function(...names, `'use strict';\nreturn ${source};`)(...names.map((name) => scope[name]));
}

/** @param {CType} type a record or an array @returns {Marshal} */
function marshalOf(type) {
  const key = type.record ?? /** @type {object} */ (type.array);
  let marshal = marshals.get(key);
  if (!marshal) {
    if (type.array) marshal = arrayMarshal(type, elementsOf(type.array.element));
    else {
      const record = /** @type {CType & { record: import('./declare.js').RecordType }} */ (type);
      marshal = canGenerate ? compile(recordSource(record, marshalOf)) : recordClosures(record, marshalOf);
    }
    marshals.set(key, /** @type {Marshal} */ (marshal));
  }
  return /** @type {Marshal} */ (marshal);
}

/** @param {CType} element @returns {Elements} */
function elementsOf(element) {
  let made = elements.get(element);
  if (!made) {
    made = /** @type {Elements} */ (
      canGenerate ? compile(elementsSource(element, marshalOf)) : elementClosures(element, marshalOf)
    );
    elements.set(element, made);
  }
  return made;
}

module.exports = { marshalOf, elementsOf };
