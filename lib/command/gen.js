'use strict';
// arkffi gen: a header as a module.

const fs = require('node:fs');
const path = require('node:path');
const { ffi } = require('../../index.js');
const { Module } = require('../gen/module.js');
const { HEADER_HELP, headerOptions, readHeader } = require('./header.js');
const { UsageError } = require('./run.js');

/** @typedef {import('../gen/types.js').Language} Language */

const MOST_SHOWN = 12;

/** @param {string[] | undefined} patterns @param {string} option */
function expressions(patterns, option) {
  return (patterns ?? []).map((pattern) => {
    try {
      return new RegExp(pattern, 'u');
    } catch (error) {
      throw new UsageError(`gen: --${option}: ${/** @type {Error} */ (error).message}`);
    }
  });
}

/**
 * Whether a library has a symbol; without the library every symbol is believed to be there.
 * @param {string | undefined} library
 * @param {(line: string) => void} say
 * @returns {(symbol: string) => boolean}
 */
function symbolFinder(library, say) {
  if (library === undefined) return () => true;
  /** @type {bigint} */
  let handle;
  try {
    handle = ffi.load(library);
  } catch (error) {
    say(`cannot open ${library}, so nothing tells which functions it has: ${/** @type {Error} */ (error).message}`);
    return () => true;
  }
  return (symbol) => {
    try {
      return ffi.getSymbolPtr(handle, symbol) !== undefined;
    } catch {
      return false;
    }
  };
}

/** Whether `.js` files in a directory are CommonJS. @param {string} directory @returns {boolean} */
function isCommonHere(directory) {
  const file = path.join(directory, 'package.json');
  if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8')).type !== 'module';
  const parent = path.dirname(directory);
  return parent === directory || isCommonHere(parent);
}

/**
 * The files to write.
 * @param {import('../gen/module.js').WrittenModule} made
 * @param {string} output
 * @returns {[file: string, text: string][]}
 */
function filesOf(made, output) {
  const [, stem, kind, letter] = /^(.*)\.(?:([cm]?)(ts|js))$/.exec(output) ?? [];
  if (stem === undefined || /\.d$/.test(stem))
    throw new UsageError('gen: --output must end with .ts or .js (.mjs, .cjs)');
  if (letter === 'ts') return [[output, made.write('ts', false)]];
  const isCommon = kind === 'c' || (kind === '' && isCommonHere(path.dirname(path.resolve(output))));
  return [
    [output, made.write('js', isCommon)],
    [`${stem}.d.${kind}ts`, made.write('d.ts', isCommon)],
  ];
}

/** @param {import('../gen/module.js').WrittenModule} made @param {string} output @param {boolean} isLong @param {(line: string) => void} say */
function summarize({ counts, skipped }, output, isLong, say) {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  say(`${output}: ${parts.map(([what, count]) => `${count} ${what}`).join(', ') || 'nothing'}`);
  if (skipped.size === 0) return;
  say(`skipped: ${skipped.size}`);
  const shown = [...skipped].slice(0, isLong ? undefined : MOST_SHOWN);
  for (const [name, reason] of shown) say(`  ${name}: ${reason.split('\n')[0]}`);
  if (shown.length < skipped.size) say(`  and ${skipped.size - shown.length} more: --verbose lists them`);
}

/**
 * Headers that declare little themselves, as math.h, have their functions in others.
 * @param {import('../c/format.js').CUnit} unit
 * @param {(line: string) => void} say
 */
function pointToOthers({ functions, files }, say) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { at } of functions) if (at) counts.set(files[at[0]], (counts.get(files[at[0]]) ?? 0) + 1);
  const most = [...counts].sort(([, one], [, other]) => other - one).slice(0, 3);
  if (most.length === 0) return;
  say(`it has no functions. They are declared in ${most.map(([file, count]) => `${file} (${count})`).join(', ')}:`);
  say(`  --from '${path.basename(most[0][0]).replace('.', '\\.')}$' takes those of the first`);
}

/** @param {string} file @param {string} text */
const isSame = (file, text) => fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text;

/**
 * @param {string[]} positionals
 * @param {Record<string, any>} values
 * @returns {number}
 */
function run(positionals, values) {
  if (positionals.length !== 1) throw new UsageError('gen: give one header');
  const [header] = positionals;
  const { library, output, check, verbose = false } = values;
  if (check && output === undefined) throw new UsageError('gen: --check needs --output');
  const filters = {
    header,
    from: expressions(values.from, 'from'),
    match: expressions(values.match, 'match'),
    exclude: expressions(values.exclude, 'exclude'),
  };
  const say = (/** @type {string} */ line) => console.error(line);
  say(`reading ${header}`);
  const unit = readHeader(header, values);
  const hasSymbol = symbolFinder(library, say);
  const made = new Module({ unit, header: path.basename(header), library, hasSymbol, filters });
  const files = output === undefined ? [] : filesOf(made, output);
  const text = output === undefined ? made.write('ts', false) : '';
  summarize(made, output ?? 'module', verbose, say);
  if (made.counts.functions === 0 && filters.match.length === 0) pointToOthers(unit, say);
  if (check) {
    const stale = files.filter(([file, content]) => !isSame(file, content));
    for (const [file] of stale) say(`${file} is not what this header gives: run gen without --check`);
    return stale.length === 0 ? 0 : 1;
  }
  if (output === undefined) process.stdout.write(text);
  for (const [file, content] of files) fs.writeFileSync(file, content);
  return 0;
}

module.exports = {
  usage: '<header.h> [-l <library>] [-o <module>]',
  summary: "Writes a header's constants, types and functions as a module.",
  help: `
  -l, --library <name> the library that the module opens; what it lacks is skipped. Without one, the module has
                       open(path)
  -o, --output <file>  .ts, or .js, .mjs, .cjs with a .d.ts beside it; standard output when left out
  --match <regexp>     only names that match; may be repeated
  --exclude <regexp>   no names that match; may be repeated
  --from <regexp>      also what files declare whose path matches; may be repeated. Otherwise the header itself, and
                       what is below its directory unless that is the system's
  --check              writes nothing; fails when the files are not what would be written
  --verbose            lists everything that was skipped
${HEADER_HELP}

Exit status: 0, 1 when the header cannot be read or --check finds a difference, 2 when the arguments are wrong.`,
  options: {
    library: { type: /** @type {const} */ ('string'), short: 'l' },
    output: { type: /** @type {const} */ ('string'), short: 'o' },
    match: { type: /** @type {const} */ ('string'), multiple: true },
    exclude: { type: /** @type {const} */ ('string'), multiple: true },
    from: { type: /** @type {const} */ ('string'), multiple: true },
    check: { type: /** @type {const} */ ('boolean') },
    verbose: { type: /** @type {const} */ ('boolean') },
    ...headerOptions,
  },
  run,
};
