// The package as tests use it, and the error a function throws.
import { createRequire } from 'node:module';

export const require = createRequire(import.meta.url);
/** @type {typeof import('../index.js')} */
export const arkffi = require('../index.js');

/** The error that `action` throws, as far as tests compare it. */
export function thrown(action) {
  try {
    action();
  } catch (error) {
    const { code, symbol, argument, message } = error;
    return {
      class: error.constructor.name,
      code,
      symbol,
      argument,
      message,
      isFFIError: error instanceof arkffi.FFIError,
    };
  }
  return 'nothing was thrown';
}

const held = [];

/** Keeps a buffer for the rest of the test file, so that the memory at its address stays its own. */
export function hold(buffer) {
  held.push(buffer);
  return buffer;
}
