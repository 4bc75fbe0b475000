// Libraries that do not open, and what is said of them.
import { expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { library, simple } from './libraries.mjs';
import { node } from './node.mjs';
import { arkffi, require } from './open.mjs';

const { dlopen } = arkffi;

/** The package, in the text of a program. */
export const index = JSON.stringify(require.resolve('../index.js'));
/** A test of what only Linux's loader does. */
export const onLinux = process.platform === 'linux' ? it : it.skip;

/** A library that opens. */
export const good = library('libgood.so', simple);

/** The error of opening in this process, which must be an FFIError. */
export function failure(where, options) {
  try {
    dlopen(where, {}, options);
  } catch (error) {
    expect(error).toBeInstanceOf(arkffi.FFIError);
    return error;
  }
  throw new Error('it was opened');
}

/** What opening says in a process of its own, which must not die of it. */
export function failureElsewhere(where, prepare = '') {
  const program = `
    const { dlopen } = require(${index});
    ${prepare}
    try { dlopen(${JSON.stringify(where)}, {}); console.log('opened'); }
    catch (error) { console.log(error.code, error.message); }`;
  const { status, signal, stdout, stderr } = spawnSync(node, ['-e', program], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : `status ${status}, signal ${signal}: ${stderr}`;
}

/** The message of a failure for which there is one reason. */
export const failed = (where, reason) => `Failed to load library '${where}': ${where}: ${reason}`;
