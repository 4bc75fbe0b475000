import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { arkffi, require } from './open.mjs';

const { codes, types } = require('../lib/binding.js');
const declarations = readFileSync(new URL('../index.d.ts', import.meta.url), 'utf8').replace(
  /\/\*.*?\*\/|\/\/.*?$/gms,
  '',
);

const sorted = (names) => [...names].sort();
const strings = (text) => Array.from(text.matchAll(/'([^']*)'/g), ([, string]) => string);
const union = (name) => strings(declarations.match(`export type ${name} =([^;]*);`)[1]);
const members = (start) => {
  const [, body] = declarations.match(new RegExp(`${start}[^{]*{\\n(.*?)\\n}`, 's'));
  // Once each: methods may be overloaded.
  return [...new Set(Array.from(body.matchAll(/^ {2}(?:readonly )?(\w+)\b(?=[<(?:])/gm), ([, name]) => name))];
};

// Row<names, in, out, constants>
const rows = declarations
  .match(/interface TypeTable extends(.*?)\{\}/s)[1]
  .split('Row<')
  .slice(1)
  .map((row) => row.slice(0, row.lastIndexOf('>')).split(','))
  .map(([names, , , constants]) => ({ names: strings(names), constants: strings(constants) }));
const declared = new Map(rows.flatMap(({ names, constants }) => names.map((name) => [name, constants])));
const known = types().map((row) => ({ ...row, names: [row.name, row.letter, ...row.spellings].filter(Boolean) }));

describe('index.d.ts', () => {
  it('exports the values that the package exports, and no others', () => {
    // Once each: functions may be overloaded.
    const exported = Array.from(declarations.matchAll(/^export (?:const|function|class) (\w+)/gm), ([, name]) => name);
    expect(sorted(new Set(exported))).toEqual(sorted(Object.keys(arkffi)));
  });

  it('knows the names of the type table, and no others', () => {
    expect(sorted(rows.flatMap(({ names }) => names))).toEqual(sorted(known.flatMap(({ names }) => names)));
  });

  it('has every name in a row of its type', () => {
    for (const { name, letter, names } of known) {
      for (const each of names) expect(declared.get(each), each).toContain(letter ?? name);
    }
  });

  it('knows the letters of the table, and no others', () => {
    expect(sorted(union('Letter'))).toEqual(sorted(known.flatMap(({ letter }) => letter ?? [])));
  });

  it('has the constants of FFIType: every name that is an identifier and no letter', () => {
    const letters = union('Letter');
    const identifiers = [...declared.keys()].filter((name) => !letters.includes(name) && !/[ *]/.test(name));
    expect(sorted(identifiers)).toEqual(sorted(Object.keys(arkffi.FFIType)));
    for (const name of identifiers) expect(declared.get(name), name).toContain(arkffi.FFIType[name]);
  });

  it('knows the codes of the error table, and no others', () => {
    expect(sorted(union('ErrorCode'))).toEqual(sorted(codes().map(({ code }) => code)));
  });

  it('has the accessors of read and write', () => {
    expect(sorted(union('AccessorType'))).toEqual(sorted(Object.keys(arkffi.read)));
    expect(Object.keys(arkffi.write)).toEqual(Object.keys(arkffi.read));
  });

  it('has the functions of the raw bridge', () => {
    expect(sorted(members('export interface RawBridge'))).toEqual(sorted(Object.keys(arkffi.ffi)));
  });

  it('has the members of what declares types', () => {
    const { StructSchema, Struct, array, enumeration, opaque } = arkffi;
    const opaqueType = opaque('thing');
    const kinds = [
      ['export interface StructSchema', Struct({ x: 'i32' })],
      ['export interface ArraySchema', array('i32', 2)],
      ['export interface EnumSchema', enumeration({ A: 0 })],
      ['export interface OpaqueType', opaqueType],
      ['declare class OpaquePointer', opaqueType.at(0x10000)],
    ];
    for (const [start, object] of kinds) {
      const names = [...Object.getOwnPropertyNames(Object.getPrototypeOf(object)), ...Object.keys(object)];
      expect(sorted(members(start)), start).toEqual(sorted(names.filter((name) => name !== 'constructor')));
    }
    expect(Struct({ x: 'i32' })).toBeInstanceOf(StructSchema);
  });

  it('has the options of fields and records', () => {
    const refused = (make) => {
      try {
        make();
      } catch (error) {
        return error.message.includes('unknown key');
      }
      return false;
    };
    const value = { type: 'i32', default: 0, align: 8, anonymous: false, unnamed: false, pack: 4 };
    const field = (key) => () => arkffi.Struct({ x: { type: 'i32', [key]: value[key] } });
    const record = (key) => () => arkffi.Struct({ x: 'i32' }, { [key]: value[key] });
    const accepted = (make) => Object.keys(value).filter((key) => !refused(make(key)));
    expect(sorted(members('export interface FieldOptions'))).toEqual(sorted(accepted(field)));
    expect(sorted(members('export interface RecordOptions'))).toEqual(sorted(accepted(record)));
  });

  it('has the members of functions of C and of their signatures', () => {
    const { callback, CFunction, ffi } = arkffi;
    const bound = CFunction({ ptr: ffi.getSymbolPtr(ffi.load(null), 'strlen'), args: ['cstring'], returns: 'size_t' });
    const own = Object.keys(bound);
    expect(sorted(members('export interface BoundFunction'))).toEqual(sorted(own));
    expect(sorted(members('export interface CallbackType'))).toEqual(sorted(Object.keys(callback())));
  });

  it('has the options of callbacks', () => {
    const refused = (key) => {
      try {
        new arkffi.JSCallback(() => {}, { [key]: undefined }).close();
      } catch (error) {
        return error.message.includes('unknown key');
      }
      return false;
    };
    const own = members('export interface CallbackDefinition');
    const known = [...own, ...members('export interface Signature'), 'nothing'];
    expect(own).toHaveLength(3);
    expect(known.filter(refused)).toEqual(['nothing']);
  });

  it('has the members of the classes', () => {
    const { CString, Library } = arkffi;
    expect(sorted(members('export class CString'))).toEqual(sorted(Object.getOwnPropertyNames(CString.prototype)));
    const library = new Library(0n, {});
    const names = [...Object.getOwnPropertyNames(Library.prototype), ...Object.keys(library)];
    expect(sorted(members('export class Library'))).toEqual(sorted(names));
    const callback = Object.getOwnPropertyNames(arkffi.JSCallback.prototype);
    expect(sorted(members('export class JSCallback'))).toEqual(sorted(callback));
  });

  it('has the numbers of stats', () => {
    expect(members('export function stats\\(\\): ')).toEqual(Object.keys(arkffi.stats()));
  });
});
