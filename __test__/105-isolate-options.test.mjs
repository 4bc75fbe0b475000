// Options of isolates: what they may be, and what is said of what they may not be.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { flags, node } from './node.mjs';
import { require, thrown } from './open.mjs';

const { readIsolateOptions } = require('../lib/isolate/options.js');
const read = (options) => readIsolateOptions('isolate', options, 2, 'opens');

describe('what is given is what is read', () => {
  it('nothing: the documented values', () => {
    const { env, ...others } = read(undefined);
    expect(others).toEqual({
      callTimeout: 3000,
      callbackTimeout: 10_000,
      maxRestarts: 5,
      limits: {},
      allow: undefined,
      cwd: process.cwd(),
      noNewPrivileges: false,
      noNetwork: false,
      log: 'warn',
      opening: { search: [], flags: 0, sha256: undefined },
    });
    const { NODE_OPTIONS, NODE_V8_COVERAGE, NODE_CHANNEL_FD, ...passed } = process.env;
    expect({ ...env }).toEqual(passed);
  });

  it('everything', () => {
    const limits = { memory: 2 ** 26, cpuTime: 1500, libraries: 2, liveAllocations: 10 };
    const given = { callTimeout: 0, maxRestarts: 0, limits, noNewPrivileges: true, noNetwork: true, log: 'debug' };
    expect(read({ ...given, lazy: true, search: ['/lib'] })).toMatchObject({
      ...given,
      opening: { search: ['/lib'], flags: 1 },
    });
  });

  it('patterns of libraries, made absolute here', () => {
    expect(read({ allow: ['a/*.so', '/lib/**', null] }).allow).toEqual({
      patterns: [path.resolve('a/*.so'), '/lib/**'],
      process: true,
    });
    expect(read({ allow: [] }).allow).toEqual({ patterns: [], process: false });
  });

  it('a folder, as path or URL', () => {
    expect(read({ cwd: '__test__' }).cwd).toBe(path.resolve('__test__'));
    expect(read({ cwd: pathToFileURL(process.cwd()) }).cwd).toBe(process.cwd());
  });

  it('variables: an object is all there is, names are of those that the program has', () => {
    expect({ ...read({ env: { A: '1', B: undefined } }).env }).toMatchObject({ A: '1' });
    expect(Object.keys(read({ env: { A: '1', B: undefined } }).env)).not.toContain('B');
    const { env } = read({ env: ['PATH', 'NOT_SET_BY_ANYBODY'] });
    expect(env.PATH).toBe(process.env.PATH);
    expect(env).not.toHaveProperty('NOT_SET_BY_ANYBODY');
    expect(env).not.toHaveProperty('HOME');
  });

  it('the addon and the backend are those of the program, whatever is passed', () => {
    const source = `
      const { readIsolateOptions } = require(${JSON.stringify(require.resolve('../lib/isolate/options.js'))});
      const { env } = readIsolateOptions('isolate', { env: { ARKFFI_BACKEND: 'none', ARKFFI_NATIVE: 'none' } }, 2);
      console.log(JSON.stringify(env));`;
    const addon = require('../lib/binding.js').file;
    const { stdout } = spawnSync(node, [...flags, '-e', source], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ARKFFI_NATIVE: addon },
    });
    expect(JSON.parse(stdout)).toEqual({ ARKFFI_NATIVE: addon });
  });

  it('a level by ARKFFI_LOG, and a word about one that is none', () => {
    const source = `
      const { readIsolateOptions } = require(${JSON.stringify(require.resolve('../lib/isolate/options.js'))});
      console.log(readIsolateOptions('isolate', undefined, 2).log, readIsolateOptions('isolate', { log: 'error' }, 2).log);`;
    const run = (ARKFFI_LOG) => {
      const { stdout, stderr } = spawnSync(node, [...flags, '-e', source], {
        encoding: 'utf8',
        env: { ...process.env, ARKFFI_LOG },
      });
      return { stdout, stderr };
    };
    expect(run('info')).toEqual({ stdout: 'info error\n', stderr: '' });
    expect(run('loud')).toEqual({
      stdout: 'warn error\n',
      stderr: "arkffi: ARKFFI_LOG knows error, warn, info, debug, but not 'loud'\n",
    });
  });

  it('each getter is asked once, and nothing is inherited', () => {
    let asked = 0;
    const options = {
      get callTimeout() {
        return ++asked;
      },
    };
    expect(read(options).callTimeout).toBe(1);
    expect(asked).toBe(1);
    expect(read(Object.create({ callTimeout: 7 })).callTimeout).toBe(3000);
    expect(read({ limits: Object.create({ memory: 7 }) }).limits).toEqual({});
  });
});

describe('refused', () => {
  const type = { class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE' };
  const value = { class: 'FFITypeError', code: 'ERR_INVALID_ARG_VALUE' };
  const range = { class: 'FFIRangeError', code: 'ERR_OUT_OF_RANGE' };
  const cases = [
    [type, 7],
    [type, null],
    [type, { calltimeout: 1 }],
    [type, { limits: 7 }],
    [type, { limits: null }],
    [type, { limits: { heap: 1 } }],
    [type, { env: 'PATH' }],
    [type, { env: [7] }],
    [type, { env: { A: 7 } }],
    [value, { env: { 'A=B': '' } }],
    [value, { env: { '': '' } }],
    [value, { env: { A: 'a\0b' } }],
    [value, { env: ['A\0'] }],
    [value, { env: { NODE_OPTIONS: '--expose-gc' } }],
    [value, { env: ['NODE_OPTIONS'] }],
    [value, { env: { length: undefined, 'A\0': '1' } }],
    [type, { cwd: 7 }],
    [value, { cwd: '' }],
    [value, { cwd: '/\0' }],
    [value, { cwd: '/no/such/folder' }],
    [value, { cwd: '/proc/self/statm' }],
    [value, { cwd: new URL('file://elsewhere/folder') }],
    [type, { allow: '*' }],
    [type, { allow: [7] }],
    [value, { allow: [''] }],
    [value, { allow: ['\0'] }],
    [type, { noNetwork: 1 }],
    [type, { noNewPrivileges: 'yes' }],
    [type, { log: 3 }],
    [value, { log: 'loud' }],
    [type, { lazy: 1 }],
    [value, { lazy: true, now: true }],
    [type, { search: 'here' }],
    [value, { sha256: 'ff' }],
    ...['callTimeout', 'maxRestarts'].flatMap((name) => [
      [type, { [name]: '1' }],
      [type, { [name]: 1n }],
      ...[-1, 0.5, NaN, Infinity].map((number) => [range, { [name]: number }]),
    ]),
    [range, { callTimeout: 2 ** 31 }],
    ...['memory', 'cpuTime', 'libraries', 'liveAllocations'].flatMap((name) => [
      [type, { limits: { [name]: '1' } }],
      ...[0, -1, 0.5, NaN, Infinity].map((number) => [range, { limits: { [name]: number } }]),
    ]),
    [range, { limits: { memory: 2 ** 20 - 1 } }],
  ];
  const shown = (given) =>
    JSON.stringify(given, (_, item) => (typeof item === 'number' || typeof item === 'bigint' ? String(item) : item));

  it.each(cases.map(([expected, given]) => [shown(given), expected, given]))('%s', (_, expected, given) => {
    const error = thrown(() => read(given));
    expect(error).toMatchObject({ ...expected, argument: 2, isFFIError: true });
    expect(error.message).toMatch(/^isolate: /);
  });

  it('what a getter throws is thrown', () => {
    const options = {
      get log() {
        throw new RangeError('mine');
      },
    };
    expect(() => read(options)).toThrow(new RangeError('mine'));
  });

  it('options of opening, where no library is opened', () => {
    expect(thrown(() => readIsolateOptions('isolated', { lazy: true }, 0))).toMatchObject({
      ...type,
      argument: 0,
      symbol: 'isolated',
    });
  });
});

describe('a log', () => {
  it('writes whole lines with time, process and level, and nothing above its level', () => {
    const source = `
      const { Log } = require(${JSON.stringify(require.resolve('../lib/isolate/log.js'))});
      const log = new Log('info', () => 42);
      log.info?.('call', 'add(1)\\nerror forged\\x1b[0m\\x9b');
      log.debug?.('frame', 'x');
      console.log(log.debug);`;
    const { stdout, stderr } = spawnSync(node, [...flags, '-e', source], { encoding: 'utf8' });
    expect(stdout).toBe('undefined\n');
    expect(stderr).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z arkffi helper 42 info call add\(1\)\\u000aerror forged\\u001b\[0m\\u009b\n$/,
    );
  });
});
