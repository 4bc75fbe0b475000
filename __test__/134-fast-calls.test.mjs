// Calls that the engine compiles do what calls by Node-API do. What is random is in 130; what JavaScript changes that runs
// inside of calls, in 131, 132 and 135; leaves are in 133. Which way a function goes is in docs/fast-calls.md, where the
// table is made by looking.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hotCalls, index, lib, run } from './fast/run.mjs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi } from './open.mjs';

const basics = JSON.stringify(fixture('basics'));
const { backend } = arkffi.stats();
const isFast = backend === 'fast';

describe.runIf(isFast)('calls that the engine compiles', () => {
  it('give what calls through the frame give, cold, hot and deoptimized, for every type and value', () => {
    const program = fileURLToPath(new URL('./fast/outcomes.mjs', import.meta.url));
    const fast = run(['--allow-natives-syntax', program], { ARKFFI_LEAVES: undefined });
    // Without looking at functions, no leaf is taken for brief.
    const declared = run(['--allow-natives-syntax', program], { ARKFFI_LEAVES: 'declared' });
    const byFrame = run(['--allow-natives-syntax', program], { ARKFFI_BACKEND: 'frame' });
    expect(fast.trimEnd().split('\n').pop()).toBe('fast');
    expect(declared).toBe(fast);
    expect(fast.replace(/fast\n$/, 'trampoline\n')).toBe(byFrame);
    expect(byFrame).not.toMatch(/hot|forgotten/);
  });

  it('are made by the entries, also those of functions that may call back, from compiled code', () => {
    const program = `
      const { offsets, views } = require(${lib('frame')});
      const found = require(${lib('fast/provider')}).provider();
      const { frameCaller } = found;
      let refused = 0;
      found.frameCaller = (...how) => {
        const caller = frameCaller(...how);
        return (...given) => {
          caller(...given);
          if (views.u32[offsets.status / 4] === 1) refused++;
        };
      };
      ${hotCalls}
      const leaf = found.reenters === 'never';
      const { nine } = require(${index}).dlopen(${basics}, {
        nine: { symbol: 'id_i32', args: Array(9).fill('i32'), returns: 'i32', leaf },
      }).symbols;
      let wrong = 0;
      function run(count) {
        for (let i = 0; i < count; i++) if (nine(i, 1, 2, 3, 4, 5, 6, 7, 8) !== i) wrong++;
      }
      const slow = hotCalls(run);
      console.log(wrong, slow, refused);`;
    expect(run(['-e', program])).toBe('0 0 0\n');
  });

  it('return what C does also where V8 has not compiled the code around: all but NaNs', () => {
    const program = `
      const { offsets, views } = require(${lib('frame')});
      const found = require(${lib('fast/provider')}).provider();
      const { caller } = found;
      const returned = [];
      found.caller = (...shape) => {
        const made = caller(...shape);
        const noted = (...given) => {
          const result = made.caller(...given);
          returned.push(views.u32[offsets.status / 4] === 0 ? result : 'in the frame');
          return result;
        };
        return made && { ...made, caller: noted };
      };
      const values = {
        i8: [-128, 127], u8: [255], i16: [-32768], u16: [65535], i32: [-2147483648, 0], u32: [4294967295, 2147483648],
        f32: [-0, 1.5, Infinity, NaN], f64: [-0, 5e-324, 2 ** 31, -Infinity, NaN], bool: [true],
      };
      const definitions = Object.keys(values).map((type) => [\`id_\${type}\`, { args: [type], returns: type, leaf: true }]);
      const { symbols } = require(${index}).dlopen(${basics}, Object.fromEntries(definitions));
      const given = Object.entries(values).flatMap(([type, all]) => all.map((value) => {
        const result = symbols[\`id_\${type}\`](value);
        if (!Object.is(result, value)) console.log('wrong', type, value, result);
        return value;
      }));
      const differ = given.filter((value, index) => !Object.is(returned[index], Number(value)));
      console.log(given.length, returned.length, ...differ, ...returned.filter((value) => value === 'in the frame'));`;
    expect(run(['-e', program])).toBe('19 19 NaN NaN in the frame in the frame\n');
  });

  it('show what C has written to memory in the next statement', () => {
    const program = `
      const { dlopen } = require(${index});
      const { fill } = dlopen(${basics}, { fill: { args: ['buffer', 'u8', 'size_t'], leaf: true } }).symbols;
      const bytes = new Uint8Array(8);
      const words = new Uint32Array(bytes.buffer);
      function wrong(count) {
        let wrong = 0;
        for (let i = 0; i < count; i++) {
          const before = bytes[3];
          fill(bytes, i & 255, 8);
          if (bytes[3] !== (i & 255) || words[1] !== (i & 255) * 0x01010101) wrong++;
          if (i > 0 && before !== ((i - 1) & 255)) wrong++;
        }
        return wrong;
      }
      console.log(wrong(100), wrong(50000));`;
    expect(run(['-e', program])).toBe('0 0\n');
  });

  it('give the memory of copied strings back', () => {
    const program = `
      const { dlopen } = require(${index});
      const definition = { args: ['cstring', 'i32'], returns: 'ptr' };
      const { strchr, strtod } = dlopen(null, {
        strchr: { ...definition, leaf: true },
        strtod: { args: ['cstring', 'ptr'], returns: 'f64', leaf: true },
      }).symbols;
      const any = dlopen(null, { strchr: definition }).symbols.strchr;
      const end = new BigUint64Array(1);
      const places = new Set();
      function pass(count) {
        for (let i = 0; i < count; i++) {
          places.add(strchr('a string', 97)).add(any('another one', 97));
          strtod('.', end);
          places.add(Number(end[0]));
        }
      }
      pass(100); pass(20000);
      console.log(places.size);`;
    expect(run(['-e', program])).toBe('1\n');
  });

  it('begin with the errno that was set, and leave the one that C leaves', () => {
    const program = `
      const { dlopen, errno } = require(${index});
      const { fail_with, read_errno, nothing } = dlopen(${basics}, {
        fail_with: { args: ['i32'], returns: 'i32', leaf: true },
        read_errno: { returns: 'i32', leaf: true },
        nothing: { leaf: true },
      }).symbols;
      function wrong(count) {
        let wrong = 0;
        for (let i = 0; i < count; i++) {
          errno(i & 63);
          if (read_errno() !== (i & 63)) wrong++;
          fail_with(i & 31);
          nothing();
          if (errno() !== (i & 31)) wrong++;
        }
        return wrong;
      }
      console.log(wrong(100), wrong(30000));`;
    expect(run(['-e', program])).toBe('0 0\n');
  });

  it('throw after the library is closed, in the midst of a hot loop', () => {
    const program = `
      const { dlopen } = require(${index});
      const library = dlopen(${basics}, { add: { args: ['i32', 'i32'], returns: 'i32', leaf: true } });
      const { add } = library.symbols;
      let calls = 0;
      function run(until) {
        for (let i = 0; i < 100000; i++) {
          if (i === until) library.close();
          if (add(i, 1) !== i + 1) throw new Error('wrong');
          calls++;
        }
      }
      run(-1);
      run(-1);
      try { run(70000); } catch (error) { console.log(error.code, error.symbol, calls); }
      try { add(1, 2); } catch (error) { console.log(error.code); }
      try { add(1); } catch (error) { console.log(error.code); }`;
    expect(run(['-e', program])).toBe('ERR_LIBRARY_CLOSED add 270000\nERR_LIBRARY_CLOSED\nERR_MISSING_ARGS\n');
  });

  it('are the same in more workers than have places', () => {
    const program = `
      const { Worker, isMainThread, parentPort } = require('node:worker_threads');
      const { dlopen, stats } = require(${index});
      const { add } = dlopen(${basics}, { add: { args: ['i32', 'i32'], returns: 'i32', leaf: true } }).symbols;
      let wrong = 0;
      for (let i = 0; i < 20000; i++) if (add(i, 1) !== i + 1) wrong++;
      const { backend, reason } = stats();
      if (isMainThread) {
        const workers = Array.from({ length: 20 }, () => new Worker(process.argv[1]));
        const told = workers.map((worker) => new Promise((resolve) => worker.once('message', resolve)));
        Promise.all(told).then(async (answers) => {
          const slow = answers.filter(({ backend }) => backend !== 'fast');
          console.log(wrong, backend, answers.reduce((sum, { wrong }) => sum + wrong, 0), slow.length, slow[0].reason);
          await Promise.all(workers.map((worker) => worker.terminate()));
          // Their places are free again.
          new Worker(process.argv[1]).once('message', ({ backend }) => { console.log(backend); process.exit(); });
        });
      } else {
        parentPort.postMessage({ wrong, backend, reason });
        setInterval(() => undefined, 1000);
      }`;
    const folder = mkdtempSync(path.join(tmpdir(), 'arkffi-places-'));
    const file = path.join(folder, 'program.cjs');
    writeFileSync(file, program);
    expect(run([file])).toBe('0 fast 0 5 too many threads have them\nfast\n');
    rmSync(folder, { recursive: true });
  });

  it('leave nothing behind of functions that are dropped', () => {
    const program = `
      const { CFunction, dlopen, stats } = require(${index});
      const { ptr } = dlopen(${basics}, { add: { args: ['i32', 'i32'], returns: 'i32' } }).symbols.add;
      const { setTimeout } = require('node:timers/promises');
      let wrong = 0;
      (async () => {
        for (let round = 0; round < 20; round++) {
          for (let i = 0; i < 200; i++) {
            const add = CFunction({ ptr, args: ['i32', 'i32'], returns: 'i32' });
            for (let j = 0; j < 20; j++) if (add(i, j) !== i + j) wrong++;
          }
          gc();
          await setTimeout(1);
        }
        for (let i = 0; i < 50 && stats().functions > 400; i++) { gc(); await setTimeout(10); }
        console.log(wrong, stats().functions <= 400);
      })();`;
    expect(run(['-e', program])).toBe('0 true\n');
  });
});

it.runIf(isFast || backend === 'bun:ffi')('temporary views are kept while C runs, also when callbacks collect', () => {
  const program = `
    const { dlopen, JSCallback } = require(${index});
    const definition = { symbol: 'sum_after', args: ['ptr', 'i32', 'ptr'], returns: 'i32' };
    const { sum_after } = dlopen(${basics}, { sum_after: definition }).symbols;
    let collects = false;
    const one = new JSCallback((value) => {
      if (collects) {
        gc();
        for (let i = 0; i < 10; i++) new Uint8Array(100000).fill(9);
        gc();
      }
      return value;
    }, { args: ['i32'], returns: 'i32' });
    const call = () => sum_after(new Uint8Array(100000).fill(1), 100000, one);
    const expected = call();
    for (let i = 0; i < 3000; i++) if (call() !== expected) throw new Error('cold');
    collects = true;
    let wrong = 0;
    for (let i = 0; i < 20; i++) if (call() !== expected) wrong++;
    console.log(wrong);`;
  expect(run(['-e', program])).toBe('0\n');
});

it.runIf(isFast)('errors are not lost when a debugger has calls made at any moment', () => {
  const program = `
    const { Worker } = require('node:worker_threads');
    const { dlopen, JSCallback } = require(${index});
    const file = ${JSON.stringify(fixture('callbacks'))};
    const { apply_i32: apply } = dlopen(file, { apply_i32: { args: ['ptr', 'i32'], returns: 'i32' } }).symbols;
    const { add } = dlopen(${basics}, { add: { args: ['i32', 'i32'], returns: 'i32' } }).symbols;
    const mine = new Error('mine');
    const throwing = new JSCallback(() => { throw mine; }, { args: ['i32'], returns: 'i32' });
    globalThis.evaluations = 0;
    globalThis.evaluated = () => add(evaluations++, 1);
    new Worker("const session = new (require('node:inspector').Session)(); session.connectToMainThread();" +
      "setInterval(() => session.post('Runtime.evaluate', { expression: 'evaluated()' }, () => {}), 1);", { eval: true });
    const thrown = (call) => { try { call(); } catch (error) { return error; } };
    let lost = 0;
    function loop(count) {
      for (let i = 0; i < count; i++) {
        if (thrown(() => apply(throwing, i)) !== mine) lost++;
        if (thrown(() => add(i, 'x'))?.code !== 'ERR_INVALID_ARG_TYPE') lost++;
      }
    }
    const wait = () => {
      if (evaluations === 0) return setTimeout(wait, 10);
      while (evaluations < 500) loop(10);
      console.log(lost);
      process.reallyExit(0);
    };
    wait();`;
  // The inspector says something when the process ends.
  expect(run(['-e', program])).toMatch(/^0\n/);
});

describe('where the engine is not known', () => {
  it.each([
    [
      'modules',
      `Object.defineProperty(process.versions, 'modules', { value: '1' })`,
      'this version of Node is not known',
    ],
    ['V8', `Object.defineProperty(process.versions, 'v8', { value: '1.2.3' })`, 'this version of Node is not known'],
    ['NW.js', `Object.defineProperty(process.versions, 'nw', { value: '0.99' })`, 'only on Node itself'],
    ['electron', `Object.defineProperty(process.versions, 'electron', { value: '99' })`, 'only on Node itself'],
    ['a host of another name', `Object.defineProperty(process.release, 'name', { value: 'x' })`, 'only on Node itself'],
  ])('calls go by the frame: %s', (_, change, reason) => {
    const program = `
      ${change};
      const { dlopen, stats } = require(${index});
      const { add } = dlopen(${basics}, { add: { args: ['i32', 'i32'], returns: 'i32' } }).symbols;
      let sum = 0;
      for (let i = 0; i < 100; i++) sum += add(i, 1);
      console.log(sum, stats().backend, stats().reason);`;
    const expected = isFast ? `5050 trampoline ${reason}\n` : /^5050 /;
    expect(run(['-e', program])).toEqual(isFast ? expected : expect.stringMatching(expected));
  });
});
