// The ways into C that are compared. This file loads none of them: loading is measured too.
import { isBuiltin } from 'node:module';
import { functions } from './functions.mjs';
import { handwritten } from './places.mjs';

/**
 * @typedef {object} Contender
 * @property {string} id
 * @property {string} title
 * @property {string} specifier what to `require` in this folder
 * @property {string} [manifest] what to `require` for its version
 * @property {(module: any, names: string[], types?: Types) => (file: string) => Bound} [binder] makes a function that opens
 *   a library and binds functions of it; `types` has their types, where that is not `functions`
 * @property {Record<'leaf' | 'none', Contender['binder']>} [toldBinders] the same of functions that are told to be leaves, or none
 * @property {(bound: Bound, name: string) => Record<string, unknown>} scope what `call` refers to
 * @property {(args: string) => string} call the text of a call
 *
 * @typedef {{ functions: Record<string, any>, close(): void }} Bound
 * @typedef {Record<string, { args: string[], returns: string }>} Types
 */

const plainCall = {
  scope: (bound, name) => ({ f: bound.functions[name] }),
  call: (args) => `f(${args})`,
};

/** @param {object} more of each definition @returns {Contender['binder']} */
const arkffiBinder =
  (more) =>
  ({ dlopen }, names, types = functions) => {
    const definitions = Object.fromEntries(
      names.map((name) => [name, { args: types[name].args, returns: types[name].returns, ...more }]),
    );
    return (file) => {
      const library = dlopen(file, definitions);
      return { functions: library.symbols, close: () => library.close() };
    };
  };

const arkffi = {
  id: 'arkffi',
  title: 'arkffi',
  specifier: '..',
  manifest: '../package.json',
  binder: arkffiBinder({}),
  toldBinders: { leaf: arkffiBinder({ leaf: true }), none: arkffiBinder({ leaf: false }) },
  ...plainCall,
};

const byHand = {
  id: 'hand-written',
  title: 'hand-written Node-API',
  specifier: handwritten,
  ...plainCall,
};

/** Koffi has other spellings for some of these; they cost the same. */
const koffiTypes = {
  i32: 'int32_t',
  u32: 'uint32_t',
  i64: 'int64_t',
  f32: 'float',
  f64: 'double',
  u8: 'uint8_t',
  bool: 'bool',
  cstring: 'str',
  buffer: 'const uint8_t *',
  ptr: 'void *',
};

const koffi = {
  id: 'koffi',
  title: 'Koffi',
  specifier: 'koffi',
  manifest: './node_modules/koffi/package.json',
  binder(module, names, types = functions) {
    const signatures = names.map((name) => ({
      name,
      result: koffiTypes[types[name].returns],
      params: types[name].args.map((type) => koffiTypes[type]),
    }));
    return (file) => {
      const library = module.load(file);
      const bound = {};
      for (const { name, result, params } of signatures) bound[name] = library.func(name, result, params);
      return { functions: bound, close: () => library.unload() };
    };
  },
  ...plainCall,
};

const ffiRsTypes = {
  i32: 'I32',
  u32: 'U32',
  i64: 'I64',
  f32: 'Float',
  f64: 'Double',
  u8: 'U8',
  bool: 'Boolean',
  cstring: 'String',
  buffer: 'U8Array',
  ptr: 'External',
};

let ffiRsLibraries = 0;

const ffiRs = {
  id: 'ffi-rs',
  title: 'ffi-rs',
  specifier: 'ffi-rs',
  manifest: './node_modules/ffi-rs/package.json',
  /** Its `define` looks no symbol up: that is part of every call. */
  binder({ open, close, define, load, DataType }, names, types = functions) {
    const signatures = names.map((name) => ({
      name,
      retType: DataType[ffiRsTypes[types[name].returns]],
      paramsType: types[name].args.map((type) => DataType[ffiRsTypes[type]]),
    }));
    return (path) => {
      const library = `fixture-${ffiRsLibraries++}`;
      open({ library, path });
      const definitions = {};
      for (const { name, ...rest } of signatures) definitions[name] = { library, ...rest };
      return { functions: define(definitions), load, definitions, close: () => close(library) };
    };
  },
  // `load` with an object that is used again takes half the time of a function made by `define`.
  scope: ({ load, definitions }, name) => ({
    load,
    request: { ...definitions[name], funcName: name, paramsValue: [], freeResultMemory: false },
  }),
  call: (args) => `(request.paramsValue = [${args}], load(request))`,
};

/** @type {Contender[]} arkffi first: all ratios are its time to another's */
export const contenders = [arkffi, byHand, koffi, ffiRs];

const nodeFfiTypes = { cstring: 'string', ptr: 'pointer' };

const nodeFfi = {
  id: 'node:ffi',
  title: 'node:ffi',
  specifier: 'node:ffi',
  binder({ DynamicLibrary }, names, types = functions) {
    const typeOf = (type) => nodeFfiTypes[type] ?? type;
    const definitions = {};
    for (const name of names) {
      const { args, returns } = types[name];
      definitions[name] = { arguments: args.map(typeOf), return: typeOf(returns) };
    }
    return (file) => {
      const library = new DynamicLibrary(file);
      return { functions: library.getFunctions(definitions), close: () => library.close() };
    };
  },
  ...plainCall,
};

/** What is part of Node itself. Calls, callbacks and binding are compared with it. */
export const builtins = [nodeFfi].filter(({ specifier }) => isBuiltin(specifier));

/**
 * Loads a contender and binds all functions.
 * @param {Contender} contender
 * @param {NodeJS.Require} require of this folder
 * @param {string} file the library
 */
export function enlist(contender, require, file) {
  const module = require(contender.specifier);
  const { binder, toldBinders } = contender;
  const names = Object.keys(functions);
  const bound = binder ? binder(module, names)(file) : { functions: module, close() {} };
  const told =
    toldBinders &&
    Object.fromEntries(Object.entries(toldBinders).map(([told, binder]) => [told, binder(module, names)(file)]));
  return { ...contender, module, bound, told, version: contender.manifest && require(contender.manifest).version };
}
