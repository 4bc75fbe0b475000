// Compiles the C side of an oracle. The test only regenerates the functions in memory and opens what
// is compiled: where it runs under emulation there is no compiler.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compile } from '../fixtures/compile.mjs';
import { outputFolder } from '../fixtures/paths.mjs';
import { cSource } from './source.mjs';
import { drawFunctions } from './signatures.mjs';

/** Functions in one C file. */
export const PART = 400;

export function integerFrom(text, fallback, name) {
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} must be a whole number, not ${text}`);
  return value;
}

/** The seed and the number of functions that the environment asks for. */
export function oracleSettings({ ARKFFI_SEED, ARKFFI_ORACLE_COUNT } = process.env) {
  return {
    seed: integerFrom(ARKFFI_SEED, 1, 'ARKFFI_SEED'),
    count: integerFrom(ARKFFI_ORACLE_COUNT, PART, 'ARKFFI_ORACLE_COUNT'),
  };
}

export const oracleFolder = ({ seed, count }) => path.join(outputFolder, 'oracle', `${seed}-${count}`);

/** The parts of an oracle: the numbers of their functions, and their files. */
export function oracleParts({ seed, count }) {
  return Array.from({ length: Math.ceil(count / PART) }, (_, part) => ({
    seed,
    start: part * PART,
    end: Math.min(count, (part + 1) * PART),
    file: path.join(oracleFolder({ seed, count }), `part-${part}.so`),
  }));
}

/** Compiles a text, if the file is not of that text already. @param {string[]} [flags] for the compiler */
export function buildSource(file, text, flags) {
  const source = file.replace(/\.so$/, '.c');
  // Compared, not dated: the text follows from these scripts.
  if (existsSync(file) && existsSync(source) && readFileSync(source, 'utf8') === text) return;
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  writeFileSync(source, text);
  // Complete or not there at all, also when this is interrupted.
  compile(source, `${file}.new`, flags);
  renameSync(`${file}.new`, file);
}

export function buildPart({ seed, start, end, file }) {
  buildSource(file, cSource(drawFunctions(seed, start, end)));
}

/** Compiles everything that the environment's settings need. */
export function buildOracle(settings = oracleSettings()) {
  for (const part of oracleParts(settings)) buildPart(part);
}
