// Isolates that are closed when a test file ends.
import { afterAll } from 'vitest';
import { arkffi } from './open.mjs';

const opened = [];

/** Has one closed at the end. */
export function closeAtEnd(isolated) {
  opened.push(isolated);
  return isolated;
}

afterAll(() => opened.forEach((each) => each.close()));

/** `isolate`, closed at the end. */
export const open = (path, definitions, options) => closeAtEnd(arkffi.isolate(path, definitions, options));
