// Compiles the C side of the oracles of layouts, records and callbacks, as ../build.mjs does for scalars.
import path from 'node:path';
import { outputFolder } from '../../fixtures/paths.mjs';
import { buildSource, integerFrom } from '../build.mjs';
import { drawCallbacks } from '../callbacks/functions.mjs';
import { callbackSource } from '../callbacks/source.mjs';
import { callSource } from './call-source.mjs';
import { drawFunctions } from './functions.mjs';
import { layoutSource } from './layout-source.mjs';
import { drawLayoutCases } from './shapes.mjs';

/** gcc tells what earlier versions of it did differently. */
const FLAGS = ['-Wno-psabi'];

/** Emulated machines have less time. */
const isEmulated = process.env.ARKFFI_TEST_ARCH !== undefined;

/** Each oracle: what it draws, and the C for that. */
const oracles = {
  layouts: { variable: 'ARKFFI_LAYOUT_COUNT', count: 3000, part: 1000, draw: drawLayoutCases, source: layoutSource },
  calls: {
    variable: 'ARKFFI_RECORD_COUNT',
    count: isEmulated ? 250 : 500,
    part: 250,
    draw: drawFunctions,
    source: callSource,
  },
  callbacks: {
    variable: 'ARKFFI_CALLBACK_COUNT',
    count: isEmulated ? 100 : 300,
    part: 150,
    draw: drawCallbacks,
    source: callbackSource,
  },
};
const oracleNames = Object.keys(oracles);

/** The seed and the number of cases that the environment asks for. */
export function recordSettings(name, environment = process.env) {
  const { variable, count } = oracles[name];
  return {
    seed: integerFrom(environment.ARKFFI_SEED, 1, 'ARKFFI_SEED'),
    count: integerFrom(environment[variable], count, variable),
  };
}

export const recordFolder = (name, { seed, count }) => path.join(outputFolder, 'oracle', `${name}-${seed}-${count}`);

/** The parts of an oracle: the numbers of their cases, and their files. */
export function recordParts(name, { seed, count }) {
  const { part } = oracles[name];
  return Array.from({ length: Math.ceil(count / part) }, (_, index) => ({
    seed,
    start: index * part,
    end: Math.min(count, (index + 1) * part),
    file: path.join(recordFolder(name, { seed, count }), `part-${index}.so`),
  }));
}

/** Draws what a part is made of. */
export const drawPart = (name, { seed, start, end }) => oracles[name].draw(seed, start, end);

/** Compiles a part and returns what it is made of. */
export function buildRecordPart(name, part) {
  const drawn = drawPart(name, part);
  buildSource(part.file, oracles[name].source(drawn), FLAGS);
  return drawn;
}

/** Compiles everything that the environment's settings need. */
export function buildRecordOracles() {
  for (const name of oracleNames) {
    for (const part of recordParts(name, recordSettings(name))) buildRecordPart(name, part);
  }
}
