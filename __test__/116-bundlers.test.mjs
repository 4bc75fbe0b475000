// Programs that bundlers have made, with arkffi left out of the bundle as docs/hosts.md says.
import { afterAll, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { build } from 'vite';
import { flags, node } from './node.mjs';

// Inside of the package, so that the bundles find 'arkffi'.
const builds = fileURLToPath(new URL('.build', import.meta.url));
mkdirSync(builds, { recursive: true });
const folder = mkdtempSync(path.join(builds, 'bundles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entry = path.join(folder, 'main.mjs');
writeFileSync(path.join(folder, 'numbers.mjs'), 'export const numbers = [-3, 4];');
writeFileSync(
  entry,
  `import { dlopen, FFIError } from 'arkffi';
   import { Library } from 'arkffi/std-ffi';
   import { numbers } from './numbers.mjs';
   const { symbols } = dlopen(null, { abs: { args: ['int'], returns: 'int' } });
   let code;
   try { symbols.abs(0.5); } catch (error) { if (error instanceof FFIError) code = error.code; }
   console.log(...numbers.map((number) => symbols.abs(number)), code, typeof Library);`,
);

/** What the bundle prints, without the program that it was made of. */
function run(file) {
  const { stdout, stderr } = spawnSync(node, [...flags, path.join(folder, file)], { encoding: 'utf8' });
  return stdout.trim() || stderr;
}
const printed = '3 4 ERR_OUT_OF_RANGE function';

it('Vite makes a program that works', async () => {
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: { ssr: 'main.mjs', outDir: 'vite', rolldownOptions: { output: { entryFileNames: 'main.mjs' } } },
    ssr: { external: ['arkffi'] },
  });
  expect(run('vite/main.mjs')).toBe(printed);
});

it.each(['esm', 'cjs'])('Rolldown makes a program that works (%s)', async (format) => {
  const bundle = await rolldown({ input: entry, platform: 'node', external: [/^arkffi(\/|$)/] });
  const file = `rolldown/main.${format === 'esm' ? 'mjs' : 'cjs'}`;
  await bundle.write({ file: path.join(folder, file), format });
  await bundle.close();
  expect(run(file)).toBe(printed);
});
