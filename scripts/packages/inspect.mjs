// What a built addon asks of the machine that it will run on: one for Linux, as its ELF tables say.
import { statSync } from 'node:fs';
import { attempt } from '../steps.mjs';
import { imageFaults } from './images.mjs';

/** The newest glibc that an addon may need, as the oldest system that Node itself supports has. */
const GLIBC = [2, 28];
/** In bytes. */
const LARGEST = 2_000_000;
const SYSTEM = /^(lib(c|m|dl|pthread|rt|gcc_s|util)\.so(\.\d+)?|ld-linux.*\.so\.\d|libace_napi\.z\.so)$/;

const matches = (text, pattern) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]))];
const isNewer = ([major, minor], [otherMajor, otherMinor]) =>
  major > otherMajor || (major === otherMajor && minor > otherMinor);

/**
 * @param {string} file of an addon
 * @returns {{ glibc?: string, libraries: string[], undefined: string[], isStripped: boolean }}
 *   the newest version of glibc that a symbol is from, the libraries that it needs, the symbols that it looks up
 */
export function inspect(file) {
  const { ok, output } = attempt('readelf', ['--wide', '--dynamic', '--dyn-syms', '--sections', file]);
  if (!ok) throw new Error(`readelf cannot read ${file}: ${output}`);
  const versions = matches(output, /@GLIBC_(\d+\.\d+)/g).map((version) => version.split('.').map(Number));
  const newest = versions.sort((one, other) => (isNewer(one, other) ? 1 : -1)).at(-1);
  return {
    glibc: newest?.join('.'),
    libraries: matches(output, /\(NEEDED\).*\[(.*)\]/g),
    undefined: matches(output, /UND (\S+?)(?:@\S+)?(?: \(\d+\))?$/gm),
    isStripped: !/ \.symtab /.test(output),
  };
}

function linuxFaults(file) {
  const { glibc, libraries, isStripped } = inspect(file);
  const strange = libraries.filter((library) => !SYSTEM.test(library));
  return [
    glibc && isNewer(glibc.split('.').map(Number), GLIBC) && `it needs glibc ${glibc}, newer than ${GLIBC.join('.')}`,
    strange.length > 0 && `it needs ${strange.join(', ')}`,
    !isStripped && 'it is not stripped',
  ].filter(Boolean);
}

const faultsOf = { linux: linuxFaults, darwin: imageFaults, win32: imageFaults };

/**
 * @param {string} file of an addon
 * @param {string} os what it is for, as `process.platform` there
 * @returns {string[]} what keeps it from being published
 */
export function faults(file, os) {
  const { size } = statSync(file);
  const tooLarge = size > LARGEST ? [`it has ${size} bytes, more than ${LARGEST}`] : [];
  return [...tooLarge, ...(faultsOf[os]?.(file) ?? [])];
}
