// What a built addon for Linux asks of the machine that it will run on, as its ELF tables say.
import { statSync } from 'node:fs';
import { attempt } from '../steps.mjs';

/** The newest glibc that an addon may need, as the oldest system that Node itself supports has. */
const GLIBC = [2, 28];
const LARGEST = 2 * 2 ** 20;
const SYSTEM = /^(lib(c|m|dl|pthread|rt|gcc_s|util)\.so(\.\d+)?|ld-linux.*\.so\.\d|libace_napi\.z\.so)$/;

const matches = (text, pattern) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]))];
const isNewer = ([major, minor], [otherMajor, otherMinor]) =>
  major > otherMajor || (major === otherMajor && minor > otherMinor);

/**
 * @param {string} file of an addon
 * @returns {{ bytes: number, glibc?: string, libraries: string[], undefined: string[], isStripped: boolean }}
 *   the newest version of glibc that a symbol is from, the libraries that it needs, the symbols that it looks up
 */
export function inspect(file) {
  const { ok, output } = attempt('readelf', ['--wide', '--dynamic', '--dyn-syms', '--sections', file]);
  if (!ok) throw new Error(`readelf cannot read ${file}: ${output}`);
  const versions = matches(output, /@GLIBC_(\d+\.\d+)/g).map((version) => version.split('.').map(Number));
  const newest = versions.sort((one, other) => (isNewer(one, other) ? 1 : -1)).at(-1);
  return {
    bytes: statSync(file).size,
    glibc: newest?.join('.'),
    libraries: matches(output, /\(NEEDED\).*\[(.*)\]/g),
    undefined: matches(output, /UND (\S+?)(?:@\S+)?(?: \(\d+\))?$/gm),
    isStripped: !/ \.symtab /.test(output),
  };
}

/** @returns {string[]} what keeps an addon from being published */
export function faults(file) {
  const { bytes, glibc, libraries, isStripped } = inspect(file);
  const strange = libraries.filter((library) => !SYSTEM.test(library));
  return [
    bytes > LARGEST && `it has ${bytes} bytes, more than ${LARGEST}`,
    glibc && isNewer(glibc.split('.').map(Number), GLIBC) && `it needs glibc ${glibc}, newer than ${GLIBC.join('.')}`,
    strange.length > 0 && `it needs ${strange.join(', ')}`,
    !isStripped && 'it is not stripped',
  ].filter(Boolean);
}
