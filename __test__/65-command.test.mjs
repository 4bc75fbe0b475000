// The command line: npx arkffi symbols <library>.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { changed, ELF, file, inFolder, library, MACHINES, put16, simple } from './libraries.mjs';
import { node } from './node.mjs';
import { require } from './open.mjs';

const root = path.dirname(require.resolve('../index.js'));
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const program = path.join(root, manifest.bin.arkffi);
const onLinux = process.platform === 'linux' ? it : it.skip;
const good = library('libcommand.so', `${simple} int _under(int x) { return x; }`);

function run(...args) {
  const { status, stdout, stderr } = spawnSync(node, [program, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('arkffi symbols', () => {
  it('lists functions and data with their sizes', () => {
    const { status, stdout, stderr } = run('symbols', good);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^data +4 {2}counter$/m);
    expect(stdout).toMatch(/^function +\d+ {2}value$/m);
  });

  it('takes a kind, and prints JSON', () => {
    const { stdout } = run('symbols', good, '--kind', 'data', '--json');
    expect(JSON.parse(stdout)).toEqual({ file: good, symbols: [{ name: 'counter', kind: 'data', size: 4 }] });
    expect(run('symbols', '--kind=function', good).stdout).not.toContain('counter');
  });

  onLinux('takes names as dlopen does', () => {
    expect(run('symbols', 'm').stdout).toMatch(/^function +\d+ {2}cos$/m);
    expect(run('symbols', inFolder('command')).stdout).toContain('value');
  });

  it('reads files of other machines, and loads nothing', () => {
    const foreign = changed('foreign.so', good, (bytes) => void put16(bytes, ELF.machine, MACHINES.i386));
    expect(run('symbols', foreign).stdout).toContain('value');
    const loud = library(
      'loud.so',
      '#include <stdio.h>\n__attribute__((constructor)) static void begin(void) { puts("begun"); } int value;',
    );
    expect(run('symbols', loud).stdout).not.toContain('begun');
  });

  it('ends with status 1 and a reason for what is no library', () => {
    expect(run('symbols', inFolder('none.so'))).toEqual({
      status: 1,
      stdout: '',
      stderr: `arkffi: Failed to load library '${inFolder('none.so')}': no such file\n`,
    });
    const text = file('text.so', 'some text');
    expect(run('symbols', text).stderr).toContain('the file is a text file');
    expect(run('symbols', inFolder('.')).status).toBe(1);
  });
});

describe('arkffi', () => {
  it.each([
    [[]],
    [['nonsense']],
    [['toString']],
    [['symbols']],
    [['symbols', 'a', 'b']],
    [['symbols', good, '--nonsense']],
    [['symbols', good, '--kind', 'x']],
  ])('with %j ends with status 2', (args) => {
    const { status, stdout, stderr } = run(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^arkffi: /);
  });

  it('tells its commands, the help of each, and its version', () => {
    for (const flag of ['--help', '-h', 'help'])
      expect(run(flag)).toMatchObject({ status: 0, stdout: expect.stringContaining('arkffi symbols') });
    expect(run('symbols', '--help').stdout).toMatch(/^Usage: arkffi symbols <library>/);
    expect(run('--version').stdout).toBe(`${manifest.version}\n`);
  });

  it('ends quietly when its reader does', () => {
    const quoted = [node, program, 'symbols', good].map((word) => `'${word}'`).join(' ');
    const { stdout, stderr } = spawnSync('sh', ['-c', `${quoted} | head -1`], { encoding: 'utf8' });
    expect(stdout.split('\n').length).toBe(2);
    expect(stderr).toBe('');
  });

  it('is in the package', () => {
    expect(manifest.files).toContain('bin');
    expect(readFileSync(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});
