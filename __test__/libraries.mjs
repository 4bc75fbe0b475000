// Libraries that tests make for themselves: from C, and from the bytes of others.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { endianness, tmpdir } from 'node:os';
import path from 'node:path';
import { compile } from './fixtures/compile.mjs';

/** A folder of its own for a test file. */
export const folder = mkdtempSync(path.join(tmpdir(), 'arkffi-'));

export const inFolder = (...parts) => path.join(folder, ...parts);

/** Makes a shared library of C source. @returns {string} its path */
export function library(name, source, flags = []) {
  const file = inFolder(`${name.replaceAll('/', '_')}.c`);
  writeFileSync(file, source);
  const output = inFolder(name);
  compile(file, output, flags);
  return output;
}

export const simple = 'int value(void) { return 7; } int counter = 5;';

/** Writes a file. @returns {string} its path */
export function file(name, contents) {
  writeFileSync(inFolder(name), contents);
  return inFolder(name);
}

/** A copy of a library with some bytes changed. @returns {string} its path */
export function changed(name, from, change) {
  const bytes = readFileSync(from);
  return file(name, change(bytes) ?? bytes);
}

const LITTLE = endianness() === 'LE';
/** Sets a 16-bit field of an ELF header. */
export const put16 = (bytes, offset, value) =>
  LITTLE ? bytes.writeUInt16LE(value, offset) : bytes.writeUInt16BE(value, offset);

/** Offsets in the ELF header. */
export const ELF = { class: 4, machine: 18 };
export const MACHINES = { x64: 62, arm64: 183, i386: 3 };
