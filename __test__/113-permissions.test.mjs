// Hosts that were started without leave to load native addons say which flag is missing, and arkffi works with it.
import { afterAll, describe, expect, it } from 'vitest';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixture } from './fixtures/paths.mjs';
import { node } from './node.mjs';
import { require } from './open.mjs';
import { host } from './hosts-skips.mjs';

// A file: Deno takes flags only before one.
const builds = fileURLToPath(new URL('.build', import.meta.url));
mkdirSync(builds, { recursive: true });
const folder = mkdtempSync(path.join(builds, 'permissions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = path.join(folder, 'main.cjs');

const index = JSON.stringify(require.resolve('../index.js'));

writeFileSync(
  file,
  `
    try {
      const { alloc, dlopen, JSCallback } = require(${index});
      const { symbols } = dlopen(${JSON.stringify(fixture('basics'))}, {
        add: { args: ['i32', 'i32'], returns: 'i32' }, apply: { args: ['function', 'i32'], returns: 'i32' },
        echo: { args: ['cstring'], returns: 'cstring' }, sum: { args: ['ptr', 'i32'], returns: 'i32' },
      });
      const twice = new JSCallback((n) => n * 2, { args: ['i32'], returns: 'i32' });
      const memory = alloc('u8', 2);
      memory.set(0, 3); memory.set(1, 4);
      symbols.add.async(1, 2).then((sum) =>
        console.log([sum, symbols.add(2, 3), symbols.apply(twice, 4), symbols.echo('Grüße'), symbols.sum(memory, 2)].join()));
    } catch (error) {
      console.log(error.name, error.code, error.message);
    }`,
);

/** What a program that calls, is called, allocates and waits prints, with these flags. */
function use(...flags) {
  const { stdout, stderr } = spawnSync(node, [...flags, file], { encoding: 'utf8' });
  return stdout.trim() || stderr;
}
const all = '3,5,15,Grüße,7';

describe.skipIf(!host.startsWith('Node'))('Node', () => {
  const allowed = execFileSync(node, ['-p', 'process.allowedNodeEnvironmentFlags.has("--permission")'], {
    encoding: 'utf8',
  });
  const permission = allowed.trim() === 'true' ? '--permission' : '--experimental-permission';

  it('with permissions, and not that for addons, has an error that says which flag is missing', () => {
    expect(use(permission, '--allow-fs-read=*')).toBe(
      'FFIError ERR_DLOPEN_FAILED arkffi is a native addon, and this process was started with --permission, without leave to load addons: start it with --allow-addons too',
    );
  });

  it('with the permission for addons works', () => {
    expect(use(permission, '--allow-fs-read=*', '--allow-addons')).toBe(all);
  });

  it('with --no-addons has an error that says so', () => {
    expect(use('--no-addons')).toBe(
      'FFIError ERR_DLOPEN_FAILED arkffi is a native addon, and this process was started with --no-addons: start it without',
    );
  });
});

describe.skipIf(host !== 'Deno')('Deno', () => {
  const run = ['run', '--no-prompt', '--allow-read', '--allow-env'];

  it('with permissions, and not that for addons, has an error that says which flag is missing', () => {
    expect(use(...run)).toBe(
      'FFIError ERR_DLOPEN_FAILED arkffi is a native addon, and this process was started without leave to load addons: start it with --allow-ffi',
    );
  });

  it('with the permission for addons works', () => {
    expect(use(...run, '--allow-ffi')).toBe(all);
  });
});
