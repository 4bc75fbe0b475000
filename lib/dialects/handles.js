'use strict';
// arkffi/handles: memory, libraries and functions by opaque ids, which are strings, and bytes as base64.

const { bindAll, bindSymbol } = require('../bind.js');
const blocks = require('../blocks/alloc.js');
const { describe } = require('../describe.js');
const { createError } = require('../errors.js');
const { dialect } = require('../handles/dialect.js');
const { createFunctions } = require('../handles/functions.js');
const { suffix } = require('../host.js');
const { handleNumber, openHandle } = require('../library.js');
const { planSignature } = require('../signature.js');

/** This process. */
const here = createFunctions({
  allocate: (size) => blocks.alloc(size),
  duplicate: (text) => blocks.strdup(text),
  open: (path) => handleNumber(openHandle('load', path)),
  bind(library, name, args, returns) {
    const signature = planSignature(name, args, returns);
    const { functions } = bindAll([() => bindSymbol(library, name, signature, name)]);
    return { call: /** @type {Function} */ (functions[0]), params: signature.params, isVariadic: signature.isVariadic };
  },
});

/** The ending of shared libraries' file names here, with the dot. */
const lib_ext = () => `.${suffix}`;

/** The file name of a library here. @param {unknown} base its name without `lib` and ending */
const lib_name = dialect(function lib_name(base) {
  if (typeof base === 'string') return `${suffix === 'dll' ? '' : 'lib'}${base}.${suffix}`;
  const message = `lib_name: argument 0: expected a name, got ${describe(base)}`;
  throw createError('ERR_INVALID_ARG_TYPE', message, 'lib_name', 0);
});

/**
 * The same functions, in a helper process.
 * @param {unknown} [options]
 */
const isolated = (options) => require('../handles/isolated.js').isolated(options);

/** Whether it works. */
const ping = () => 'pong';

const { alloc, free, free_string, strdup, mem_write, mem_read, load, sym, call } = here;

module.exports = {
  alloc,
  free,
  free_string,
  strdup,
  mem_write,
  mem_read,
  load,
  sym,
  call,
  lib_ext,
  lib_name,
  ping,
  isolated,
};
