import { describe, expect, it } from 'vitest';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { arkffi, require } from './open.mjs';

const inWorker = (program, options) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(program, options);
    worker.once('message', resolve).once('error', reject);
  });

/** What calls C fast here, if anything does. */
function fastWay() {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return undefined;
  if (process.versions.bun) return 'bun:ffi';
  if (process.versions.deno) return 'Deno.dlopen';
  return ['115', '127', '137', '147'].includes(process.versions.modules) ? 'fast' : undefined;
}

describe('the package', () => {
  it('gives the same names and values by require and by import', async () => {
    const file = JSON.stringify(require.resolve('../index.js'));
    const url = JSON.stringify(pathToFileURL(JSON.parse(file)));
    const differences = await inWorker(
      new URL(`data:text/javascript,
      import * as imported from ${url};
      import { createRequire } from 'node:module';
      import { parentPort } from 'node:worker_threads';
      const required = createRequire(${url})(${file});
      const names = new Set([...Object.keys(imported), ...Object.keys(required)]);
      for (const name of ['default', 'module.exports']) names.delete(name);
      const differ = [...names].filter((name) => imported[name] !== required[name] || required[name] === undefined);
      if (imported.default !== required) differ.push('default');
      parentPort.postMessage({ differ, names: [...names] });`),
    );
    expect(differences.differ).toEqual([]);
    expect(differences.names.sort()).toEqual(Object.keys(arkffi).sort());
  });

  it('lets programs replace what it exports, as test doubles do', async () => {
    const file = JSON.stringify(require.resolve('../index.js'));
    const url = JSON.stringify(pathToFileURL(JSON.parse(file)));
    const kept = await inWorker(
      new URL(`data:text/javascript,
      import { createRequire } from 'node:module';
      import { parentPort } from 'node:worker_threads';
      const arkffi = createRequire(${url})(${file});
      const kept = Object.keys(arkffi).filter((name) => {
        arkffi[name] = 'another';
        return arkffi[name] !== 'another';
      });
      parentPort.postMessage(kept);`),
    );
    expect(kept).toEqual([]);
  });

  it('tells its backend and how its stubs are made', () => {
    const { backend, reason, stubs, libraries, functions } = arkffi.stats();
    const { ARKFFI_BACKEND, ARKFFI_TEST_NO_CODEGEN } = process.env;
    const byFrame = ARKFFI_BACKEND === 'libffi' ? 'libffi' : 'trampoline';
    const fast = ARKFFI_BACKEND === undefined && !ARKFFI_TEST_NO_CODEGEN ? fastWay() : undefined;
    expect(backend).toBe(fast ?? byFrame);
    const why = { libffi: 'the backend is libffi', frame: 'ARKFFI_BACKEND is frame' }[ARKFFI_BACKEND];
    if (why && !ARKFFI_TEST_NO_CODEGEN) expect(reason).toBe(why);
    if (!fast) expect(reason).toBeTypeOf('string');
    expect(stubs).toBe(process.env.ARKFFI_TEST_NO_CODEGEN ? 'closures' : 'generated');
    expect(libraries).toBeTypeOf('number');
    expect(functions).toBeTypeOf('number');
  });

  it('has the suffix of this platform', () => {
    expect(arkffi.suffix).toBe({ darwin: 'dylib', win32: 'dll' }[process.platform] ?? 'so');
  });

  it('works in several workers at once, each with its own state', async () => {
    const path = JSON.stringify(require.resolve('../index.js'));
    const program = `
      const { dlopen, stats } = require(${path});
      const { symbols } = dlopen(null, { strlen: { args: ['cstring'], returns: 'size_t' } });
      let total = 0;
      for (let i = 0; i < 20000; i++) total += symbols.strlen('x'.repeat(i % 50));
      require('node:worker_threads').parentPort.postMessage([total, stats().functions]);`;
    const results = await Promise.all(Array.from({ length: 8 }, () => inWorker(program, { eval: true })));
    expect(results).toEqual(Array(8).fill([490000, 1]));
  });
});
