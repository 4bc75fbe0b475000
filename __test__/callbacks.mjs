// Callbacks that are closed when a test ends, and what calls with them throw.
import { afterEach } from 'vitest';
import { arkffi, thrown } from './open.mjs';

const opened = [];

/** A callback that is closed when the test ends. */
export function open(fn, args, returns, more) {
  const made = new arkffi.JSCallback(fn, { args, returns, ...more });
  opened.push(made);
  return made;
}

/** The same for `int (int)`. */
export const unary = (fn, more) => open(fn, ['int'], 'int', more);

afterEach(() => {
  for (const made of opened.splice(0)) made.close();
});

export function fail(error) {
  throw error;
}

/** What `action` throws, itself. */
export function caught(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
  return 'nothing was thrown';
}

/** The error that a promise rejects with, as `thrown` has those of calls. */
export const rejected = (promise) =>
  promise.then(
    () => 'nothing was thrown',
    (error) => thrown(() => fail(error)),
  );

export const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Waits until something holds. */
export async function until(holds) {
  while (!holds()) await tick();
}
