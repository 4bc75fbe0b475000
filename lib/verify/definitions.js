'use strict';
// What a module defines: its exports, and what it gives to dlopen and the like when it is loaded.

const { createRequire } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

/**
 * @typedef {object} Found
 * @property {Record<string, any>} exported
 * @property {Record<string, any>[]} definitions maps of definitions
 * @property {string} home of the arkffi that the module uses
 * @property {Error | undefined} failure what the module threw, if it did
 */

/** @param {string} file @returns {string} */
function homeOf(file) {
  try {
    return path.dirname(createRequire(file).resolve('arkffi/package.json'));
  } catch {
    return path.join(__dirname, '..', '..');
  }
}

/**
 * Loads a module, and listens to the functions of arkffi that take definitions.
 * @param {string} file
 * @returns {Promise<Found>}
 */
async function loadModule(file) {
  const full = path.resolve(file);
  const home = homeOf(full);
  const arkffi = require(home);
  /** @type {Record<string, any>[]} */
  const definitions = [];
  for (const name of ['dlopen', 'linkSymbols']) {
    const original = arkffi[name];
    // Set before the module imports it, so that the module gets this one.
    arkffi[name] = (/** @type {any[]} */ ...args) => {
      const map = args.find((arg) => typeof arg === 'object' && arg !== null && !(arg instanceof URL));
      if (map) definitions.push(map);
      return original(...args);
    };
  }
  try {
    return { exported: await import(pathToFileURL(full).href), definitions, home, failure: undefined };
  } catch (error) {
    return { exported: {}, definitions, home, failure: /** @type {Error} */ (error) };
  }
}

const KEYS = new Set(['args', 'returns', 'symbol', 'optional', 'errno', 'check', 'checked', 'type', 'global']);

/** @param {any} value */
const isPlain = (value) => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** Whether a value is a definition: a prototype, or an object that has nothing else. @param {any} value */
const isDefinition = (value) =>
  typeof value === 'string'
    ? /\w\s*\(.*\)/s.test(value)
    : isPlain(value) && Object.keys(value).every((key) => KEYS.has(key));

/** Whether a value is a map of definitions. @param {any} value */
function isDefinitions(value) {
  return isPlain(value) && Object.keys(value).length > 0 && Object.values(value).every(isDefinition);
}

module.exports = { isDefinitions, loadModule };
