// Guards for programs that load plug-ins: known contents, and a list of what this process may open.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { file, folder, inFolder, library, simple } from './libraries.mjs';
import { node } from './node.mjs';
import { arkffi, require, thrown } from './open.mjs';

const { dlopen, allowLibraries, stats } = arkffi;
const onLinux = process.platform === 'linux' ? it : it.skip;
const value = { value: { returns: 'i32' } };
const counting = library('libcounting.so', 'static int count; int value(void) { return ++count; }');
const hashOf = (where) => createHash('sha256').update(readFileSync(where)).digest('hex');

describe('sha256', () => {
  it('opens a file with these contents, in letters of either case', () => {
    const sha256 = hashOf(counting);
    expect(dlopen(counting, value, { sha256 }).symbols.value()).toBe(1);
    expect(dlopen(counting, value, { sha256: sha256.toUpperCase() }).symbols.value()).toBeGreaterThan(0);
    expect(dlopen('counting', value, { sha256, search: [folder] }).symbols.value()).toBeGreaterThan(0);
  });

  it('refuses one with others, and says which', () => {
    const { libraries } = stats();
    const wanted = '0'.repeat(64);
    const error = thrown(() => dlopen(counting, value, { sha256: wanted }));
    expect(error).toMatchObject({ class: 'FFIError', code: 'ERR_ACCESS_DENIED' });
    expect(error.message).toBe(
      `Failed to load library '${counting}': ${counting}: its SHA-256 is ${hashOf(counting)}, not ${wanted}`,
    );
    expect(stats().libraries).toBe(libraries);
  });

  it('takes the candidate that has them', () => {
    const other = library('libother.so', simple);
    expect(dlopen([counting, other], value, { sha256: hashOf(other) }).symbols.value()).toBe(7);
  });

  it('is of no use for the running process, and of what is not there', () => {
    const sha256 = hashOf(counting);
    expect(thrown(() => dlopen(null, {}, { sha256 }))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    expect(thrown(() => dlopen(inFolder('none.so'), {}, { sha256 })).code).toBe('ERR_DLOPEN_FAILED');
  });

  it('does not look at the file of a bare name only', () => {
    const error = thrown(() => dlopen('libm.so.6', {}, { sha256: hashOf(counting) }));
    expect(error.code).toBe('ERR_ACCESS_DENIED');
  });

  onLinux('opens exactly the bytes that were hashed, which nobody can change any more', () => {
    const where = library('libchanged.so', simple);
    const opened = dlopen(where, value, { sha256: hashOf(where) });
    const bytes = readFileSync(where);
    writeFileSync(where, Buffer.alloc(bytes.length));
    expect(opened.symbols.value()).toBe(7);
    writeFileSync(where, bytes);
    expect(opened.exports().map(({ name }) => name)).toContain('counter');
  });

  onLinux('gives a library of its own each time', () => {
    const sha256 = hashOf(counting);
    const values = Array.from({ length: 40 }, () => dlopen(counting, value, { sha256 }).symbols.value());
    expect(new Set(values)).toEqual(new Set([1]));
  });

  it('does not make a truncated file crash', () => {
    const bytes = readFileSync(counting);
    const where = file('cut.so', bytes.subarray(0, bytes.length / 2));
    expect(thrown(() => dlopen(where, value, { sha256: hashOf(where) })).message).toContain('the file is truncated');
  });
});

/** Runs a program in a process of its own, as allowLibraries cannot be taken back. */
function outcome(program) {
  const source = `
    const { allowLibraries, dlopen, ffi, FFIError } = require(${JSON.stringify(require.resolve('../index.js'))});
    const folder = ${JSON.stringify(folder)}, counting = ${JSON.stringify(counting)};
    const attempt = (where, options) => {
      try { dlopen(where, {}, options).close(); return 'opened'; }
      catch (error) { return error instanceof FFIError ? error.code : String(error); }
    };
    (async () => { console.log(await (async () => { ${program} })()); })();`;
  const { status, signal, stdout, stderr } = spawnSync(node, ['-e', source], { encoding: 'utf8', cwd: folder });
  return status === 0 ? stdout.trim() : `status ${status}, signal ${signal}: ${stderr}`;
}

describe('allowLibraries', () => {
  for (const name of ['deep', '[ab]', 'a']) mkdirSync(inFolder('plugins', name), { recursive: true });
  const plugin = library('plugins/libplugin.so', simple);
  library('plugins/deep/libdeep.so', simple);
  symlinkSync(counting, inFolder('plugins', 'libescape.so'));
  symlinkSync(inFolder('plugins'), inFolder('linked'));

  it('lets only files open whose path is like one of the patterns', () => {
    const program = `
      allowLibraries([folder + '/plugins/*.so']);
      return [folder + '/plugins/libplugin.so', 'plugins/libplugin.so', './plugins/../plugins/libplugin.so',
        counting, folder + '/plugins/deep/libdeep.so', folder + '/none.so'].map((where) => attempt(where)).join();`;
    expect(outcome(program)).toBe('opened,opened,opened,ERR_ACCESS_DENIED,ERR_ACCESS_DENIED,ERR_DLOPEN_FAILED');
  });

  it('knows ** for any number of directories, and patterns relative to the working directory', () => {
    const program = `
      allowLibraries(['plugins/**/*.so']);
      return ['plugins/libplugin.so', 'plugins/deep/libdeep.so', counting].map((where) => attempt(where)).join();`;
    expect(outcome(program)).toBe('opened,opened,ERR_ACCESS_DENIED');
  });

  it('takes brackets as they are', () => {
    library('plugins/[ab]/lib[1].so', simple);
    library('plugins/[ab]/lib1.so', simple);
    library('plugins/a/lib1.so', simple);
    const program = `
      const names = ['plugins/[ab]/lib[1].so', 'plugins/[ab]/lib1.so', 'plugins/a/lib1.so', 'plugins/libplugin.so'];
      allowLibraries(['plugins/*/lib[1].so', 'plugins/[ab]/lib?.so', 'plugins/lib[!x]*.so']);
      return names.map((where) => attempt(where)).join();`;
    expect(outcome(program)).toBe('opened,opened,ERR_ACCESS_DENIED,ERR_ACCESS_DENIED');
  });

  it('looks at where links lead, in paths and in patterns', () => {
    const program = `
      allowLibraries(['linked/*.so']);
      return ['plugins/libplugin.so', 'linked/libplugin.so', 'plugins/libescape.so'].map((where) => attempt(where)).join();`;
    expect(outcome(program)).toBe('opened,opened,ERR_ACCESS_DENIED');
  });

  it('is never widened: what a later list has must be in the earlier ones too', () => {
    const program = `
      allowLibraries([folder + '/plugins/**']);
      const before = attempt('plugins/deep/libdeep.so');
      allowLibraries(['/**', folder + '/*.so', null]);
      const wider = [counting, null, 'plugins/deep/libdeep.so'].map((where) => attempt(where));
      allowLibraries([folder + '/plugins/*.so']);
      const narrower = ['plugins/deep/libdeep.so', 'plugins/libplugin.so'].map((where) => attempt(where));
      allowLibraries([]);
      return [before, ...wider, ...narrower, attempt('plugins/libplugin.so')].join();`;
    expect(outcome(program)).toBe(
      'opened,ERR_ACCESS_DENIED,ERR_ACCESS_DENIED,opened,ERR_ACCESS_DENIED,opened,ERR_ACCESS_DENIED',
    );
  });

  onLinux('looks at the file that a bare name stands for, loaded or not', () => {
    const program = `
      allowLibraries(['/lib/**/libm.so.*', '/usr/lib/**/libm.so.*']);
      return ['libm.so.6', 'm', 'libc.so.6', 'c', 'none'].map((where) => attempt(where)).join();`;
    expect(outcome(program)).toBe('opened,opened,ERR_ACCESS_DENIED,ERR_ACCESS_DENIED,ERR_DLOPEN_FAILED');
  });

  it('refuses the running process, unless null is in the list', () => {
    expect(outcome(`allowLibraries(['/**']); return attempt(null);`)).toBe('ERR_ACCESS_DENIED');
    expect(outcome(`allowLibraries([null]); return [attempt(null), attempt(counting)].join();`)).toBe(
      'opened,ERR_ACCESS_DENIED',
    );
  });

  it('holds in every thread, from the call on, and for the raw bridge', () => {
    const program = `
      const { Worker } = require('node:worker_threads');
      const source = 'const { dlopen, allowLibraries } = require(' + JSON.stringify(${JSON.stringify(require.resolve('../index.js'))}) + ');' +
        'const attempt = (where) => { try { dlopen(where, {}); return "opened"; } catch (error) { return error.code; } };' +
        'const { parentPort, workerData } = require("node:worker_threads");' +
        'parentPort.on("message", (where) => { if (where === "narrow") allowLibraries([]); parentPort.postMessage(attempt(workerData)); });';
      const worker = new Worker(source, { eval: true, workerData: counting });
      const ask = (message) => new Promise((resolve) => { worker.once('message', resolve); worker.postMessage(message); });
      const log = [await ask('')];
      allowLibraries([folder + '/plugins/*.so']);
      log.push(await ask(''));
      let bridge;
      try { ffi.load(counting); } catch (error) { bridge = error.code; }
      log.push(bridge, attempt('plugins/libplugin.so'));
      await ask('narrow');
      log.push(attempt('plugins/libplugin.so'));
      await worker.terminate();
      return log.join();`;
    expect(outcome(program)).toBe('opened,ERR_ACCESS_DENIED,ERR_ACCESS_DENIED,opened,ERR_ACCESS_DENIED');
  });

  it('and sha256 hold together', () => {
    const program = `
      allowLibraries([folder + '/plugins/*.so']);
      return [attempt('plugins/libplugin.so', { sha256: '${hashOf(plugin)}' }), attempt('plugins/libplugin.so', { sha256: '${hashOf(counting)}' }),
        attempt(counting, { sha256: '${hashOf(counting)}' })].join();`;
    expect(outcome(program)).toBe('opened,ERR_ACCESS_DENIED,ERR_ACCESS_DENIED');
  });

  it('says what it does not allow', () => {
    const program = `
      allowLibraries([]);
      try { dlopen(counting, {}); } catch (error) { console.log(error.message); }
      try { dlopen(null, {}); } catch (error) { return error.message; }`;
    expect(outcome(program).split('\n')).toEqual([
      `Failed to load library '${counting}': ${counting}: allowLibraries, or allow of an isolate, does not allow it`,
      "Failed to load library 'the running process': allowLibraries, or allow of an isolate, does not allow it (null in its list does)",
    ]);
  });

  it.each([[undefined], [null], ['/lib/*'], [{}], [[5]], [[undefined]], [new Set(['/**'])]])(
    'refuses %o, and changes nothing',
    (patterns) => {
      expect(thrown(() => allowLibraries(patterns))).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        argument: 0,
      });
      expect(dlopen(counting, {})).toBeTruthy();
    },
  );

  it.each([[['']], [['a\0b']], [['/lib/***']]])('refuses the patterns %j, and changes nothing', (patterns) => {
    expect(thrown(() => allowLibraries(patterns))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_VALUE',
    });
    expect(dlopen(counting, {})).toBeTruthy();
  });
});
