'use strict';
// Headers through the system's C compiler.

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { createError } = require('../errors.js');

/** No header is as long as this when it is preprocessed. */
const MOST_OUTPUT = 2 ** 28;

/**
 * @param {string} header
 * @param {{ compiler?: string, include: string[], define: string[] }} options
 * @returns {string}
 */
function preprocess(header, { compiler = process.env.CC || 'cc', include, define }) {
  const [command, ...before] = compiler.split(/\s+/);
  const given = [...include.map((directory) => `-I${directory}`), ...define.map((macro) => `-D${macro}`)];
  const run = spawnSync(command, [...before, '-x', 'c', '-E', '-dD', '-C', ...given, path.resolve(header)], {
    encoding: 'utf8',
    maxBuffer: MOST_OUTPUT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (run.error || run.status !== 0) {
    const why = run.error?.message ?? (run.stderr.trim() || `it ended with ${run.status ?? run.signal}`);
    throw createError('ERR_C_SYNTAX', `${command} could not preprocess ${header}: ${why}`);
  }
  return run.stdout;
}

module.exports = { preprocess };
