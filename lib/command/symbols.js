'use strict';
// arkffi symbols: what a library exports, read from its file. Nothing of it is run.

const native = require('../binding.js');
const { describeExports } = require('../library/look.js');
const { UsageError } = require('./run.js');

const KINDS = ['function', 'data'];

/**
 * @param {string[]} positionals
 * @param {Record<string, any>} values
 * @returns {number}
 */
function run(positionals, { json, kind }) {
  if (positionals.length !== 1) throw new UsageError('symbols: give one library');
  if (kind !== undefined && !KINDS.includes(kind)) throw new UsageError(`symbols: --kind is ${KINDS.join(' or ')}`);
  const [library] = positionals;
  const file = native.locateLibrary(library) ?? library;
  const found = describeExports(native.fileExports(file)).filter(
    (symbol) => kind === undefined || symbol.kind === kind,
  );
  if (json) {
    console.log(JSON.stringify({ file, symbols: found }, undefined, 2));
    return 0;
  }
  for (const { name, kind, size } of found) console.log(`${kind.padEnd(8)} ${String(size ?? '').padStart(8)}  ${name}`);
  return 0;
}

module.exports = {
  usage: '<library> [--json] [--kind function|data]',
  summary: 'Lists the functions and data that a library exports, with their sizes in bytes.',
  help: `
The library is a path, or a name as dlopen takes it. Its file is only read, so it may also be one for another
processor or system.

  --json               prints { file, symbols: [{ name, kind, size }] }
  --kind <kind>        only functions, or only data

Exit status: 0, 1 when the library is not found or is none, 2 when the arguments are wrong.`,
  options: {
    json: { type: /** @type {const} */ ('boolean') },
    kind: { type: /** @type {const} */ ('string') },
  },
  run,
};
