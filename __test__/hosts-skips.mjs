// Tests that a host other than Node cannot run, and why: what they rely on is the host's, not arkffi's. docs/hosts.md has
// the table of reasons, which `npm run test:hosts -- --write` makes of what was skipped.

/** Which host this is. */
export const host = process.versions.bun ? 'Bun' : process.versions.deno ? 'Deno' : 'Node';

/**
 * Tests by the reason. `file` is the beginning of a file's name; `tests`, where not all of its tests are meant, are parts of
 * their full names.
 * @type {Record<string, { reason: string, file: string, tests?: string[] }[]>}
 */
const skips = {
  Bun: [],
  Deno: [],
};

/**
 * Why a test is not run on a host; undefined when it is.
 * @param {string} file the name of its file
 * @param {string} test its name, after the names of the groups that it is in
 * @param {string} [on]
 */
export const reasonToSkip = (file, test, on = host) =>
  skips[on]?.find((skip) => file.startsWith(skip.file) && (skip.tests?.some((part) => test.includes(part)) ?? true))
    ?.reason;
