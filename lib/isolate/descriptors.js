'use strict';
// Types as they are told to the other process: each by its number, after what it is made of. The numbers of scalars are
// the same everywhere; those of records and arrays are translated by whoever is told.

const { declarations } = require('../types/declarations.js');

/** @typedef {import('../types/declarations.js').Declaration} Declaration */

/** A type as it is told. @typedef {{ number: number, declaration: Declaration }} Descriptor */

/**
 * A type after those that it is made of.
 * @param {number} number
 * @param {Map<number, Descriptor>} found
 */
function collect(number, found) {
  const declaration = declarations.get(number);
  if (!declaration || found.has(number)) return found;
  for (const part of declaration.parts) collect(part, found);
  return found.set(number, { number, declaration });
}

/** What one helper has been told. */
class Told {
  /** @type {Set<number>} */
  #numbers = new Set();
  /** @type {Descriptor[]} */
  #news = [];

  /**
   * A debugger may have the helper asked something in between: it is told too much rather than too little.
   * @param {number} number of a type
   */
  tell(number) {
    if (!declarations.has(number) || this.#numbers.has(number)) return number;
    for (const descriptor of collect(number, new Map()).values()) {
      if (this.#numbers.has(descriptor.number)) continue;
      this.#news.push(descriptor);
      this.#numbers.add(descriptor.number);
    }
    return number;
  }

  /** What has to be told before the numbers are used. */
  news() {
    return this.#news.slice();
  }

  /** @param {Descriptor[]} news that the helper has been told */
  sent(news) {
    if (news.length > 0) this.#news = this.#news.filter((descriptor) => !news.includes(descriptor));
  }
}

/** What this process was told. */
class Heard {
  /** @type {Map<number, number>} */
  #numbers = new Map();
  /** Of records, by their numbers here. @type {Map<number, number>} */
  #sizes = new Map();

  /** @param {Descriptor[]} news @param {any} native */
  hear(news, native) {
    for (const { number, declaration } of news) {
      const { kind, parts, words } = declaration;
      const own = parts.map((part) => this.number(part));
      if (kind === 'array') {
        this.#numbers.set(number, native.declareArray(own[0], words[0])[0]);
        continue;
      }
      // Of each member, the first of four words is its type.
      const declared = Uint32Array.from(words);
      own.forEach((part, index) => (declared[3 + 4 * index] = part));
      const [here, size] = native.declareRecord(declared);
      this.#numbers.set(number, here);
      this.#sizes.set(here, size);
    }
  }

  /** @param {number} number @returns {number} the same type here */
  number(number) {
    return this.#numbers.get(number) ?? number;
  }

  /** @param {number} number of a type here @returns {number | undefined} the bytes of a record */
  size(number) {
    return this.#sizes.get(number);
  }
}

module.exports = { Heard, Told };
