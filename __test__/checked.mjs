// Programs with checked access to memory, each in a process of its own: what they do could end it.
import { spawnSync } from 'node:child_process';
import { fixture } from './fixtures/paths.mjs';
import { flags, node } from './node.mjs';
import { arkffi, require, thrown } from './open.mjs';

export const index = JSON.stringify(require.resolve('../index.js'));
const prelude = `
  const arkffi = require(${index});
  const { array, dlopen, ffi, linkSymbols, read, write, toArrayBuffer, toBuffer, AsyncCFunction, CFunction, CString, JSCallback, Struct } = arkffi;
  const file = ${JSON.stringify(fixture('pages'))};
  const says = (action) => {
    try { const value = action(); return typeof value === 'bigint' ? String(value) : value; } catch (error) {
      if (!(error instanceof arkffi.FFIError)) throw error;
      return [error.code, error.symbol, error.argument].join(' ');
    }
  };
  const { symbols: c } = dlopen(file, {
    page_size: { returns: 'size_t' }, map_pages: { args: ['size_t'], returns: 'ptr' },
    protect: { args: ['ptr', 'size_t', 'bool', 'bool'], returns: 'int' }, unmap: { args: ['ptr', 'size_t'], returns: 'int' },
    forbid_looking: { returns: 'int' }, answer: { returns: 'int' },
  });
  const page = c.page_size();
  // Two pages, the second of which is as asked for.
  const pages = (second) => {
    const start = c.map_pages(3);
    if (second === 'gone') c.unmap(start + page, page);
    else c.protect(start + page, page, second !== 'guard', second === 'whole');
    return start;
  };
  let checked = { checked: true };
`;

/** What a program prints in the end, in a process of its own. */
export function outcome(program, env = {}) {
  const result = spawnSync(node, [...flags, '-e', `${prelude}\n${program}`], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 100_000,
  });
  const { status, signal, stdout, stderr } = result;
  if (status !== 0) return `status ${status}, signal ${signal}: ${stderr.slice(-800)}`;
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** Each with the option, and again with all checked and no option. */
export const both = (program) => [
  outcome(program),
  outcome(`checked = undefined;\n${program}`.replaceAll('checked: true', ''), { ARKFFI_CHECKED: '1' }),
];

/** Whether there is checked access here. */
export const canCheck = (() => {
  const memory = new Uint8Array(8);
  return thrown(() => arkffi.read.u8(arkffi.ptr(memory), 0, { checked: true })) === 'nothing was thrown';
})();
