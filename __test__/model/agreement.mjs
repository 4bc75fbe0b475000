// Does the same on arkffi and on the model, and compares.
import { createRequire } from 'node:module';
import { ModelError } from './model.mjs';

const { FFIError } = createRequire(import.meta.url)('../../index.js');

/** arkffi and the model give different things. */
export class Disagreement extends Error {}

/** What an action gives, or the code of its error. */
export function outcome(action) {
  try {
    return { value: action() };
  } catch (error) {
    if (error instanceof ModelError || error instanceof FFIError) return { code: error.code };
    throw error;
  }
}

// Of what is detached no copy can be made on every host.
const hex = (bytes) => (bytes.length > 0 ? Buffer.from(bytes).toString('hex') : '');
const shown = ({ code, value }) => code ?? String(value instanceof Uint8Array ? hex(value) : value);

/** Does the same on both sides, and gives both results; undefined when both are the same error. */
export function both(name, real, model) {
  const [got, expected] = [outcome(real), outcome(model)];
  if (got.code !== expected.code) throw new Disagreement(`${name}: ${shown(got)} instead of ${shown(expected)}`);
  return got.code ? undefined : [got.value, expected.value];
}

/** The same, for results that can be compared. */
export function same(name, real, model) {
  const results = both(name, real, model);
  if (!results) return;
  const [got, expected] = results.map((value) => shown({ value }));
  if (got !== expected) throw new Disagreement(`${name}: ${got} instead of ${expected}`);
}
