'use strict';
// A unit as a module: constants, types, and functions of a library.

const { valueOf } = require('../c/constants.js');
const { declarationsOf } = require('../c/declarations.js');
const { Unmapped } = require('../c/mapping.js');
const { Schemas } = require('../c/schemas.js');
const { Names, docComment, inComment, isIdentifier, key, property, quote } = require('./names.js');
const { wanted } = require('./select.js');
const { TypeNames, TypeWriter } = require('./types.js');

/** @typedef {import('../c/format.js').CUnit} CUnit */
/** @typedef {import('./types.js').Language} Language */
/** @typedef {{ name: string, reason: string }} Skipped */

/** What a module has of arkffi, or of its own, whatever the header declares. */
const OWN_NAMES = `Struct Union array bits callback dlopen enumeration inout opaque pointer library open symbols Infer
  StructSchema ArraySchema BitsType CallbackType EnumSchema OpaqueType OpaquePointer OutType PointerType FunctionOf
  SymbolsOf Library Definitions FileURL`.split(/\s+/);

/** What is only a type. */
const TYPES = new Set(
  `Infer StructSchema ArraySchema BitsType CallbackType EnumSchema OpaqueType OpaquePointer OutType PointerType
  FunctionOf SymbolsOf Library FileURL`.split(/\s+/),
);

/**
 * What is written into a module.
 * @typedef {object} Plan
 * @property {CUnit} unit
 * @property {string} header its name, for the reader
 * @property {string | undefined} library
 * @property {(symbol: string) => boolean} hasSymbol whether the library has a symbol
 * @property {import('./select.js').Filters} filters
 */

/** Records that arkffi lays out otherwise are only pointed to. @param {CUnit} unit */
function setAsideRecords(unit) {
  const schemas = new Schemas(declarationsOf(unit));
  unit.records.forEach((record, number) => {
    if (record.incomplete || record.problem) return;
    try {
      schemas.record(number);
    } catch (error) {
      if (!(error instanceof Unmapped)) throw error;
      record.problem = error.message;
    }
  });
}

/** The module of a plan, in one or two languages. */
class Module {
  /** @type {Plan} */
  #plan;
  #names = new Names(OWN_NAMES);
  /** @type {import('./types.js').NamesOfTypes} */
  #typeNames;
  /** What constants and functions are called. @type {Map<string, string>} */
  #called = new Map();
  /** @type {(declared: any) => boolean} */
  #isWanted;
  /** What is not in the module, and why. @type {Map<string, string>} */
  skipped = new Map();
  /** How many there are of each kind. @type {Record<string, number>} */
  counts = { functions: 0, globals: 0, types: 0, constants: 0 };

  /** @param {Plan} plan */
  constructor(plan) {
    setAsideRecords(plan.unit);
    this.#plan = plan;
    this.#isWanted = wanted(plan.unit, plan.filters);
    const { functions, constants, diagnostics } = plan.unit;
    for (const { names = [], message, at } of diagnostics) {
      for (const name of names) if (this.#isWanted({ name, at })) this.skipped.set(name, message);
    }
    for (const list of [functions, constants]) {
      for (const declared of list) {
        const { name } = declared;
        if (this.#called.has(name) || !this.#isWanted(declared)) continue;
        if (isIdentifier(name)) this.#called.set(name, this.#names.take(name));
        else this.skipped.set(name, 'its name cannot be one in JavaScript');
      }
    }
    this.#typeNames = new TypeNames(plan.unit, this.#names);
  }

  /**
   * The text of the module.
   * @param {Language} language
   * @param {boolean} isCommon whether it is a CommonJS module
   */
  write(language, isCommon) {
    const { unit, header, library } = this.#plan;
    const types = new TypeWriter(unit, this.#typeNames, language);
    const functions = this.#functions(types, language);
    this.#addTypes(types);
    types.finish();
    const constants = this.#constants(language);
    this.counts.types = types.count;
    const again = `Written by \`npx arkffi gen\` from ${inComment(header)}: changes by hand are lost.`;
    const parts = [
      `// ${again}\n${imports(types.used, language)}`,
      section('constants', constants),
      section('types', types.texts.join('\n')),
      section(library === undefined ? 'functions' : 'the library', functions),
      this.#skippedText(language),
    ];
    const text = parts.filter(Boolean).join('\n');
    return isCommon && language === 'js' ? asCommon(text) : text;
  }

  /** @param {import('./types.js').WriterOfTypes} types */
  #addTypes(types) {
    const { records, enums, typedefs } = this.#plan.unit;
    const isNamed = new Map(
      typedefs.map(({ name, type, at }) => [
        type.kind === 'record' ? `record ${type.record}` : type.kind === 'enum' ? `enum ${type.enum}` : '',
        { name, at },
      ]),
    );
    records.forEach((record, number) => {
      if (this.#isWanted(isNamed.get(`record ${number}`) ?? record)) types.add('record', number);
    });
    enums.forEach((each, number) => {
      if (this.#isWanted(isNamed.get(`enum ${number}`) ?? each)) types.add('enum', number);
    });
    typedefs.forEach((typedef, number) => {
      if (this.#isWanted(typedef)) types.add('typedef', number);
    });
    for (const { name, tag, at, problem } of records.map((record, number) => ({
      ...record,
      name: isNamed.get(`record ${number}`)?.name,
    }))) {
      if (problem && this.#isWanted({ name, tag, at })) this.skipped.set(name ?? tag ?? 'struct {…}', problem);
    }
  }

  /** @param {Language} language */
  #constants(language) {
    const { unit } = this.#plan;
    const lines = unit.constants.flatMap((constant) => {
      const called = this.#called.get(constant.name);
      if (called === undefined || !this.#isWanted(constant)) return [];
      const doc = docComment(constant.doc);
      const code = constantText(valueOf(constant));
      if (language !== 'd.ts') return [`${doc}export const ${called} = ${code};\n`];
      const isNumber = /^(-?Infinity|NaN)$/.test(code) || (constant.kind === 'float' && /e/.test(code));
      return [`${doc}export declare const ${called}: ${isNumber ? 'number' : code};\n`];
    });
    this.counts.constants = lines.length;
    for (const macro of unit.macros) if (this.#isWanted(macro)) this.skipped.set(macro.name, macro.reason);
    return lines.join('');
  }

  /**
   * The definitions of functions and globals, and what they are exported as.
   * @param {import('./types.js').WriterOfTypes} types
   * @param {Language} language
   */
  #functions(types, language) {
    const { unit, library, hasSymbol } = this.#plan;
    const isType = language === 'd.ts';
    const [sign, end] = isType ? ['readonly ', ';'] : ['', ','];
    /** @type {string[]} */
    const definitions = [];
    /** @type {string[]} */
    const exported = [];
    for (const declared of unit.functions) {
      const { name, symbol } = declared;
      const called = this.#called.get(name);
      if (called === undefined) continue;
      if (declared.uncallable) {
        this.skipped.set(name, declared.uncallable);
        continue;
      }
      if (!hasSymbol(symbol ?? name)) {
        this.skipped.set(name, 'the library has no such symbol');
        continue;
      }
      let parts;
      try {
        const { args, returns } = types.mapping.signature(declared);
        const list = args.length === 0 ? (isType ? '[]' : '') : `[${args.join(', ')}]`;
        parts = [
          symbol === undefined ? '' : `symbol: ${quote(symbol)}`,
          list === '' ? '' : `args: ${list}`,
          `returns: ${returns}`,
        ].filter(Boolean);
      } catch (error) {
        if (!(error instanceof Unmapped)) throw error;
        this.skipped.set(name, error.message);
        continue;
      }
      const members = isType ? parts.map((part) => `readonly ${part}`).join('; ') : parts.join(', ');
      // Without a library nothing but the definition says what the function is.
      const comment = library === undefined ? docComment(docOf(declared), '  ') : '';
      definitions.push(`${comment}  ${sign}${key(name)}: { ${members} }${end}\n`);
      const doc = docComment(docOf(declared));
      if (isType) exported.push(`${doc}export declare const ${called}: FunctionOf<Definitions[${quote(name)}]>;\n`);
      else exported.push(`${doc}export const ${called} = ${property('symbols', name)};\n`);
    }
    this.counts.functions = exported.length;
    this.counts.globals = 0;
    for (const { name, static: isStatic, symbol, type, doc } of unit.globals.filter((each) => this.#isWanted(each))) {
      if (isStatic || !hasSymbol(symbol ?? name)) {
        this.skipped.set(name, isStatic ? 'it is static' : 'the library has no such symbol');
        continue;
      }
      try {
        const made = types.mapping.global(type);
        const also =
          symbol === undefined ? '' : isType ? `readonly symbol: ${quote(symbol)}; ` : `symbol: ${quote(symbol)}, `;
        const members = isType
          ? `${also}readonly type: ${made}; readonly global: true`
          : `${also}type: ${made}, global: true`;
        definitions.push(`${docComment(doc, '  ')}  ${sign}${key(name)}: { ${members} }${end}\n`);
        this.counts.globals++;
      } catch (error) {
        if (!(error instanceof Unmapped)) throw error;
        this.skipped.set(name, error.message);
      }
    }
    if (definitions.length === 0) return '';
    const body = `{\n${definitions.join('')}}`;
    if (isType) {
      types.used.add('SymbolsOf').add('Library');
      if (library === undefined) {
        types.used.add('FileURL');
        return `interface Definitions ${body}\n\n/** Opens a library with these functions, as dlopen does. */\nexport declare const open: (path: string | FileURL | null) => Library<SymbolsOf<Definitions>>;\n`;
      }
      types.used.add('FunctionOf');
      return `interface Definitions ${body}\n\nexport declare const library: Library<SymbolsOf<Definitions>>;\n\n${exported.join('')}`;
    }
    types.used.add('dlopen');
    if (library === undefined) {
      const parameter = language === 'ts' ? 'path: string | null' : 'path';
      return `/** Opens a library with these functions, as dlopen does. */\nexport const open = (${parameter}) => dlopen(path, ${body});\n`;
    }
    return `export const library = dlopen(${quote(library)}, ${body});\nconst { symbols } = library;\n\n${exported.join('')}`;
  }

  /** @param {Language} language */
  #skippedText(language) {
    if (language === 'd.ts' || this.skipped.size === 0) return '';
    const lines = [...this.skipped].map(([name, reason]) => `// ${inComment(name)}: ${inComment(reason)}\n`);
    return section('not here', lines.join(''));
  }
}

/** @param {import('../c/format.js').CFunction} declared */
function docOf({ doc, deprecated }) {
  if (deprecated === undefined) return doc;
  return [doc, `@deprecated ${deprecated}`.trim()].filter(Boolean).join('\n');
}

/** @param {unknown} value of a constant */
function constantText(value) {
  if (typeof value === 'string') return quote(value);
  return typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? '-0' : String(value);
}

/** @param {string} title @param {string} text */
const section = (title, text) => (text === '' ? '' : `// ---- ${title} ${'-'.repeat(100 - title.length)}\n\n${text}`);

/** @param {Set<string>} used @param {Language} language */
function imports(used, language) {
  const types = [...used].filter((name) => TYPES.has(name)).sort();
  const values = [...used].filter((name) => !TYPES.has(name)).sort();
  const lines = [];
  if (values.length > 0) lines.push(`import { ${values.join(', ')} } from 'arkffi';\n`);
  if (types.length > 0 && language !== 'js') lines.push(`import type { ${types.join(', ')} } from 'arkffi';\n`);
  return lines.join('') || 'export {};\n';
}

/** A module of `export const` lines as CommonJS. @param {string} text */
function asCommon(text) {
  const names = [...text.matchAll(/^export const ([\p{ID_Continue}$]+) =/gmu)].map(([, name]) => name);
  const body = text
    .replace(/^import (\{.*\}) from 'arkffi';$/m, "const $1 = require('arkffi');")
    .replace(/^export const /gm, 'const ')
    .replace(/^export \{\};\n/m, '');
  const [head, ...rest] = body.split('\n');
  return `'use strict';\n${head}\n${rest.join('\n')}\nmodule.exports = {\n${names.map((name) => `  ${name},\n`).join('')}};\n`;
}

/** @typedef {Module} WrittenModule */

module.exports = { Module };
