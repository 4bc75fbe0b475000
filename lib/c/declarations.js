'use strict';
// What cdef needs of a unit: its names at once, its declarations when they are used.

const { constantValues } = require('./constants.js');

/** @typedef {import('./format.js').CUnit} CUnit */
/** @typedef {import('./format.js').CDiagnostic} CDiagnostic */
/** @typedef {import('./format.js').CTypedef} CTypedef */

/** The lists of a unit that are referred to by number. */
const LISTS = /** @type {const} */ (['records', 'enums', 'typedefs', 'functions', 'globals']);

/**
 * The declarations of a unit by their numbers.
 * @typedef {object} Declarations
 * @property {(number: number) => import('./format.js').CRecord} record
 * @property {(number: number) => import('./format.js').CEnum} enumeration
 * @property {(number: number) => CTypedef} typedef
 * @property {(number: number) => import('./format.js').CFunction} function
 * @property {(number: number) => import('./format.js').CGlobal} global
 */

/**
 * @param {(list: (typeof LISTS)[number], number: number) => any} get
 * @returns {Declarations}
 */
const declarationsBy = (get) => ({
  record: (number) => get('records', number),
  enumeration: (number) => get('enums', number),
  typedef: (number) => get('typedefs', number),
  function: (number) => get('functions', number),
  global: (number) => get('globals', number),
});

/** @param {CUnit} unit */
const declarationsOf = (unit) => declarationsBy((list, number) => unit[list][number]);

/** A name in `types`, and what it is of. @typedef {[name: string, kind: 'typedef' | 'record' | 'enum', number: number]} TypeName */

/**
 * What is known of a unit before its declarations are looked at.
 * @typedef {object} Summary
 * @property {string[]} files
 * @property {string[]} functions their names
 * @property {string[]} globals their names
 * @property {TypeName[]} types
 * @property {[name: string, typedef: number][]} builtin the types that are known without a declaration
 * @property {Record<string, unknown>} constants their values
 * @property {CDiagnostic[]} diagnostics
 */

/**
 * A unit as cdef reads it.
 * @typedef {object} Unit
 * @property {Summary} summary
 * @property {Declarations} declarations
 * @property {() => { name: string, reason: string }[]} macros those that are no constants
 */

/** @param {CUnit} unit @returns {Summary} */
function summaryOf(unit) {
  const { files, functions, globals, diagnostics } = unit;
  return {
    files,
    functions: functions.map(({ name }) => name),
    globals: globals.map(({ name }) => name),
    types: typeNames(unit),
    builtin: unit.typedefs.flatMap(({ name, builtin }, number) => (builtin ? [[name, number]] : [])),
    constants: constantValues(unit),
    diagnostics,
  };
}

/**
 * The names of typedefs and tags. Where a tag is another type than the typedef of its name, it is under `struct x`,
 * `union x` or `enum x`.
 * @param {CUnit} unit
 */
function typeNames({ typedefs, records, enums }) {
  /** @type {Map<string, TypeName>} */
  const names = new Map();
  typedefs.forEach(({ name, builtin }, number) => {
    if (!builtin) names.set(name, [name, 'typedef', number]);
  });
  /** Whether a typedef is of a record or enumeration. @param {number} typedef @param {'record' | 'enum'} kind @param {number} number */
  const isOf = (typedef, kind, number) => {
    /** @type {import('./format.js').CType} */
    let type = { kind: 'typedef', typedef };
    while (type.kind === 'typedef') ({ type } = typedefs[type.typedef]);
    return type.kind === kind && /** @type {any} */ (type)[kind] === number;
  };
  /** @param {string} tag @param {string} keyword @param {'record' | 'enum'} kind @param {number} number */
  const addTag = (tag, keyword, kind, number) => {
    const known = names.get(tag);
    if (known !== undefined && known[1] === 'typedef' && isOf(known[2], kind, number)) return;
    const name = known === undefined ? tag : `${keyword} ${tag}`;
    if (!names.has(name)) names.set(name, [name, kind, number]);
  };
  records.forEach(({ tag, union }, number) => {
    if (tag !== undefined) addTag(tag, union ? 'union' : 'struct', 'record', number);
  });
  enums.forEach(({ tag }, number) => {
    if (tag !== undefined) addTag(tag, 'enum', 'enum', number);
  });
  return [...names.values()];
}

/** @param {CUnit} parsed @returns {Unit} */
const unitOf = (parsed) => ({
  summary: summaryOf(parsed),
  declarations: declarationsOf(parsed),
  macros: () => parsed.macros,
});

module.exports = { LISTS, declarationsBy, declarationsOf, unitOf };
