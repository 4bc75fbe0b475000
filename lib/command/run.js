'use strict';
// The command line: `npx arkffi <command>`. Each command is a module of its own.

const { parseArgs } = require('node:util');

/**
 * @typedef {object} Command
 * @property {string} usage what follows its name
 * @property {string} summary one line
 * @property {string} help the rest
 * @property {NonNullable<import('node:util').ParseArgsConfig['options']>} options beside --help
 * @property {(positionals: string[], values: Record<string, any>) => number | Promise<number>} run gives the exit status; throws a
 *   UsageError when the arguments are wrong
 */

/** By name, loaded when used. @type {Record<string, () => Command>} */
const commands = Object.assign(Object.create(null), {
  gen: () => require('./gen.js'),
  layout: () => require('./layout.js'),
  verify: () => require('./verify.js'),
  symbols: () => require('./symbols.js'),
  doctor: () => require('./doctor.js'),
});

/** The arguments are wrong. */
class UsageError extends Error {}

const FAILED = 1;
const WRONG_USAGE = 2;

function overview() {
  const rows = Object.keys(commands).map((name) => {
    const { usage, summary } = commands[name]();
    return `  arkffi ${name} ${usage}\n      ${summary}`;
  });
  return `Usage:\n${rows.join('\n')}\n  arkffi <command> --help\n  arkffi --version`;
}

/** @param {string} name @param {Command} command */
const commandHelp = (name, { usage, summary, help }) => `Usage: arkffi ${name} ${usage}\n\n${summary}\n${help}`;

/**
 * @param {string[]} args
 * @returns {number | Promise<number>} the exit status
 */
function run([name, ...rest]) {
  if (name === '--help' || name === '-h' || name === 'help') {
    console.log(overview());
    return 0;
  }
  if (name === '--version' || name === '-v') {
    console.log(require('../../package.json').version);
    return 0;
  }
  if (name === undefined) throw new UsageError(`a command is missing\n${overview()}`);
  const load = commands[name];
  if (!load) throw new UsageError(`unknown command '${name}'\n${overview()}`);
  const command = load();
  const { positionals, values } = readArguments(rest, command);
  if (values.help) {
    console.log(commandHelp(name, command));
    return 0;
  }
  return command.run(positionals, values);
}

/** @param {string[]} args @param {Command} command */
function readArguments(args, { options }) {
  try {
    const all = { ...options, help: { type: /** @type {const} */ ('boolean'), short: 'h' } };
    return parseArgs({ args, options: all, allowPositionals: true });
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message);
  }
}

/**
 * Runs a command and sets the exit status: 0, 1 when it failed, 2 when it was used wrongly.
 * @param {string[]} args
 */
async function main(args) {
  // Who reads may stop, as `head` does.
  process.stdout.on('error', (error) => {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPIPE') throw error;
    process.exit();
  });
  try {
    process.exitCode = await run(args);
  } catch (error) {
    console.error(`arkffi: ${/** @type {Error} */ (error).message}`);
    process.exitCode = error instanceof UsageError ? WRONG_USAGE : FAILED;
  }
}

module.exports = { main, UsageError };
