'use strict';
// arkffi verify: definitions written by hand against a header.

const path = require('node:path');
const { valueOf } = require('../c/constants.js');
const { Comparison } = require('../verify/compare.js');
const { isDefinitions, loadModule } = require('../verify/definitions.js');
const { HEADER_HELP, headerOptions, readHeader } = require('./header.js');
const { UsageError } = require('./run.js');

/** @typedef {import('../c/format.js').CUnit} CUnit */

/** Compares what a module defines. */
class Verification {
  /** @type {CUnit} */
  #unit;
  /** @type {any} */
  #comparison;
  /** @type {(text: string) => any} */
  #prototype;
  /** @type {Map<string, import('../c/format.js').CFunction>} */
  #functions;
  compared = 0;
  /** What the header does not declare. @type {string[]} */
  unknown = [];

  /** @param {CUnit} unit @param {string} home of arkffi */
  constructor(unit, home) {
    const { resolveType } = require(path.join(home, 'lib', 'types.js'));
    this.#prototype = (text) =>
      require(path.join(home, 'lib', 'c', 'prototype.js')).prototypeDefinition('verify', text);
    this.resolveType = resolveType;
    this.#unit = unit;
    this.#comparison = new Comparison(unit, resolveType);
    this.#functions = new Map(unit.functions.map((declared) => [declared.symbol ?? declared.name, declared]));
    for (const declared of unit.functions) this.#functions.set(declared.name, declared);
  }

  get differences() {
    return /** @type {string[]} */ (this.#comparison.differences);
  }

  /** @param {string} name @param {any} given */
  #definition(name, given) {
    if (typeof given !== 'string') return given;
    try {
      return this.#prototype(given);
    } catch (error) {
      this.differences.push(`${name}: ${/** @type {Error} */ (error).message}`);
      return undefined;
    }
  }

  /** @param {Record<string, any>} definitions */
  definitions(definitions) {
    for (const [name, given] of Object.entries(definitions)) {
      const definition = this.#definition(name, given);
      if (definition === undefined) continue;
      const symbol = definition.symbol ?? name;
      const global = definition.global && this.#unit.globals.find((each) => (each.symbol ?? each.name) === symbol);
      const declared = this.#functions.get(symbol);
      if (!declared && !global) {
        this.unknown.push(symbol);
        continue;
      }
      this.compared++;
      if (global) this.#comparison.type(name, definition.type, global.type);
      else this.#comparison.signature(name, definition, declared);
    }
  }

  /** What a type's name stands for in the header. @param {string} name @param {'record' | 'enum'} kind */
  #find(name, kind) {
    const typedef = this.#unit.typedefs.find((each) => each.name === name);
    const type = typedef && this.#comparison.resolve(typedef.type);
    if (type?.kind === kind) return type[kind];
    const list = kind === 'record' ? this.#unit.records : this.#unit.enums;
    return list.findIndex(({ tag }) => tag === name);
  }

  /** @param {string} name @param {any} value */
  exported(name, value) {
    if (isDefinitions(value)) return this.definitions(value);
    if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string')
      return this.#constant(name, value);
    if (typeof value !== 'object' || value === null) return;
    let type;
    try {
      type = this.resolveType(value, name);
    } catch {
      return;
    }
    const isEnum = type.kind === 'scalar' && typeof value.values === 'object';
    if (!type.record && !isEnum) return;
    const number = this.#find(name, type.record ? 'record' : 'enum');
    if (number < 0) return void this.unknown.push(name);
    this.compared++;
    if (isEnum) this.#comparison.enumeration(name, value.values, number);
    else this.#comparison.record(name, type, number);
  }

  /** @param {string} name @param {number | bigint | string} value */
  #constant(name, value) {
    const constant = this.#unit.constants.find((each) => each.name === name);
    if (!constant) return;
    this.compared++;
    const declared = valueOf(constant);
    // By their texts, as 1 and 1n are the same to C.
    if (String(declared) !== String(value)) this.differences.push(`${name}: is ${value}, in C ${declared}`);
  }
}

/**
 * @param {string[]} positionals
 * @param {Record<string, any>} values
 * @returns {Promise<number>}
 */
async function run(positionals, values) {
  if (positionals.length !== 1 || values.header === undefined) {
    throw new UsageError('verify: give a module and --header <file>');
  }
  const [file] = positionals;
  const unit = readHeader(values.header, values);
  const { exported, definitions, home, failure } = await loadModule(file);
  const verification = new Verification(unit, home);
  for (const map of definitions) verification.definitions(map);
  const { default: whole, ...named } = exported;
  const all = typeof whole === 'object' && whole !== null ? { ...whole, ...named } : named;
  for (const [name, value] of Object.entries(all)) verification.exported(name, value);
  const { compared, unknown } = verification;
  // What is exported may have been given to dlopen, too.
  const differences = [...new Set(verification.differences)];
  for (const line of differences) console.log(line);
  if (unknown.length > 0) console.error(`not in the header: ${unknown.join(', ')}`);
  if (failure) console.error(`${file} did not load, so only what came before is compared: ${failure.message}`);
  console.error(`${file}: ${compared} compared, ${differences.length} differences`);
  if (compared === 0) console.error(`nothing was compared: ${file} defines nothing that the header declares`);
  return differences.length === 0 && !failure && compared > 0 ? 0 : 1;
}

module.exports = {
  usage: '<module> --header <header.h>',
  summary: 'Compares definitions written by hand with a header, and lists every difference.',
  help: `
The module is loaded. Compared are the definitions that it gives to dlopen and linkSymbols, and its exports: maps of
definitions, structs, unions and enumerations by the names that C calls them, constants.

  --header <file>      the header
${HEADER_HELP}

Exit status: 0, 1 when there are differences, when nothing was compared or the module does not load, 2 when the arguments are wrong.`,
  options: { header: { type: /** @type {const} */ ('string') }, ...headerOptions },
  run,
};
