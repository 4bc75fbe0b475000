// npx arkffi doctor: what it finds, and what it says when something is not there.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from '../scripts/steps.mjs';
import { flags, node } from './node.mjs';
import { arkffi, require } from './open.mjs';

const { version } = require('../package.json');

function doctor({ more = [], args = [], env = {} } = {}) {
  const program = path.join(root, 'bin/arkffi.cjs');
  const options = { encoding: 'utf8', env: { ...process.env, ...env } };
  const { status, stdout, stderr } = spawnSync(node, [...flags, ...more, program, 'doctor', ...args], options);
  return { status, stdout, stderr };
}
const states = (findings) => Object.fromEntries(findings.map(({ name, state }) => [name, state]));

describe('arkffi doctor', () => {
  it('tells the host, the way into C, and that everything works', () => {
    const { status, stdout, stderr } = doctor();
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^arkffi +${version.replaceAll('.', '\\.')}$`, 'm'));
    expect(stdout).toMatch(/^host +(Node|Bun|Deno) \d+\.\S+ \((V8 \S+|JavaScriptCore), Node-API \d+\), \w+ \w+$/m);
    expect(stdout).toMatch(/^addon +\S+\.node \(\d+\.\d MB\)$/m);
    const calls = process.env.ARKFFI_BACKEND === 'libffi' ? 'libffi' : 'trampolines|libffi';
    expect(stdout).toMatch(new RegExp(`^calls +(${calls})`, 'm'));
    expect(stdout).toMatch(/^works +calls and callbacks$/m);
    expect(stdout).toMatch(/^works +calls from compiled code$/m);
    expect(stdout).not.toMatch(/^fails/m);
  });

  it('tells who makes fast calls, or why nobody does', () => {
    const { backend, reason } = arkffi.stats();
    const makers = {
      fast: "Node's engine calls C",
      'bun:ffi': "Bun's own FFI calls C",
      'Deno.dlopen': "Deno's own FFI calls C",
    };
    const maker = makers[backend];
    const expected = maker ? [maker, reason].filter(Boolean).join('; ') : `all calls go by Node-API: ${reason}`;
    expect(
      doctor()
        .stdout.split('\n')
        .find((line) => line.startsWith('fast ')),
    ).toBe(`fast       ${expected}`);
    const { stdout } = doctor({ env: { ARKFFI_BACKEND: 'frame' } });
    expect(stdout).toMatch(
      /^fast +all calls go by Node-API: (ARKFFI_BACKEND is frame|the host allows no generated code)$/m,
    );
  });

  it('prints the same as JSON, with the variables that are set', () => {
    const env = { ARKFFI_BACKEND: 'libffi', ARKFFI_NONSENSE: '1' };
    const found = JSON.parse(doctor({ args: ['--json'], env }).stdout);
    expect(found.arkffi).toBe(version);
    expect(found.calls).toBe('libffi, because ARKFFI_BACKEND is libffi');
    expect(states(found.findings)).toMatchObject({ 'structs by value': 'works', 'asynchronous calls': 'works' });
    expect(found.variables['ARKFFI_NONSENSE=1']).toBe('is not known');
    expect(found.variables['ARKFFI_BACKEND=libffi']).toContain('libffi');
  });

  it('tells that functions are closures where no code can be generated', () => {
    const { stdout, status } = doctor({ more: ['--disallow-code-generation-from-strings'] });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^functions +closures, because/m);
  });

  it('tells what is missing, and what arkffi does without it', () => {
    const { status, stdout } = doctor({ env: { CC: 'no-such-compiler' } });
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^missing +a C compiler, .* no-such-compiler is not found; arkffi's own preprocessor is used$/m,
    );
  });

  it('ends with status 1 and what was tried when there is no addon', () => {
    const { status, stdout } = doctor({ env: { ARKFFI_NATIVE: '/no/such.node' } });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^fails +the addon +arkffi has no native addon/m);
    expect(stdout).toContain('/no/such.node: ');
    expect(stdout).toMatch(/^ARKFFI_NATIVE=\/no\/such\.node +the file of the addon$/m);
  });

  it('tells that addons may not be loaded', () => {
    const { status, stdout } = doctor({ more: ['--no-addons'] });
    expect(status).toBe(1);
    expect(stdout).toContain('--no-addons');
  });

  it('takes no arguments', () => {
    expect(doctor({ args: ['x'] })).toMatchObject({ status: 2, stdout: '' });
  });
});
