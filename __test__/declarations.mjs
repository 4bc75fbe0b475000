// The fixture declarations and its header.
import { afterAll } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fixture } from './fixtures/paths.mjs';
import { arkffi } from './open.mjs';

const { cdef } = arkffi;

/** What the fixture declares. */
export const header = path.join(
  import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
  'fixtures/declarations.h',
);
/** A folder of its own for a test file. */
export const folder = mkdtempSync(path.join(os.tmpdir(), 'arkffi-declarations-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The fixture, bound by its header. */
export const open = (options) => cdef({ file: header }, fixture('declarations'), options);
