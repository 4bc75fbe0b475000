// Calls with strings that the engine hands to Rust do what others do.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hotCalls, index, lib, run as runHere } from './fast/run.mjs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi } from './open.mjs';

const texts = JSON.stringify(fixture('string-hashes'));
const reentry = JSON.stringify(fixture('reentry'));

/** @param {string[]} args @param {Record<string, string | undefined>} [env] */
const run = (args, env) => runHere(['--allow-natives-syntax', ...args], env);

describe.runIf(arkffi.stats().backend === 'fast')('strings that the engine passes', () => {
  it('are the same, or refused the same, as through the frame, cold and hot, of every kind and among other arguments', () => {
    const program = fileURLToPath(new URL('./fast/texts.mjs', import.meta.url));
    const fast = run([program]);
    const byFrame = run([program], { ARKFFI_BACKEND: 'frame' });
    expect(fast.trimEnd().split('\n').pop()).toBe('fast');
    expect(fast.replace(/fast\n$/, 'trampoline\n')).toBe(byFrame);
    expect(byFrame).not.toMatch(/hot/);
    expect(byFrame).toMatch(/ERR_INVALID_ARG_VALUE hash_two 0: .* NUL/);
  });

  it('go with the call itself, from compiled code', () => {
    const program = `
      const { offsets, views } = require(${lib('frame')});
      const found = require(${lib('fast/provider')}).provider();
      const { frameCaller } = found;
      let made = 0;
      found.frameCaller = (kept, texts, how) => {
        const caller = frameCaller(kept, texts, how);
        return (...given) => {
          caller(...given);
          if (texts === 2 && views.u32[offsets.status / 4] === 0) made++;
        };
      };
      ${hotCalls}
      const leaf = found.reenters === 'never';
      const { hash_two } = require(${index}).dlopen(${texts}, {
        hash_two: { args: ['cstring', 'cstring'], returns: 'u32', leaf },
      }).symbols;
      const expected = hash_two('the first', 'the second');
      let wrong = 0;
      function run(count) {
        for (let i = 0; i < count; i++) if (hash_two('the first', 'the second') !== expected) wrong++;
      }
      const slow = hotCalls(run, () => (made = 0));
      console.log(wrong, slow, made);`;
    expect(run(['-e', program])).toBe('0 0 2000\n');
  });

  it('stay where they are while callbacks pass others', () => {
    const program = `
      const { dlopen, JSCallback } = require(${index});
      const { hash_after, hash_two } = dlopen(${texts}, {
        hash_after: { args: ['cstring', 'u64', 'cstring'], returns: 'u32' },
        hash_two: { args: ['cstring', 'cstring'], returns: 'u32' },
      }).symbols;
      let depth = 0;
      let calls = 0;
      let wrong = 0;
      const inner = new JSCallback(() => {
        for (let i = 0; i < 5; i++) hash_two('overwritten?', 'overwritten as well?');
        if (++calls % 100 === 0) gc({ type: 'minor' });
        if (depth === 3) throw new Error('deep');
        depth++;
        try { check('another ' + depth, 'and more ' + depth); } catch (error) { if (error.message !== 'deep') throw error; }
        depth--;
      }, {});
      function check(first, second) {
        if (hash_after(first, inner.ptr, second) !== hash_two(first, second)) wrong++;
      }
      function run(count) { for (let i = 0; i < count; i++) check('the first ' + (i & 7), 'the second'); }
      run(5000);
      %PrepareFunctionForOptimization(hash_after);
      %PrepareFunctionForOptimization(check);
      run(20);
      %OptimizeFunctionOnNextCall(hash_after);
      %OptimizeFunctionOnNextCall(check);
      run(5000);
      console.log(wrong);`;
    expect(run(['-e', program])).toBe('0\n');
  });

  it('stay where they are while an addon, which nobody told of, calls JavaScript that passes others', () => {
    const program = `
      const { dlopen } = require(${index});
      const addon = { exports: {} };
      process.dlopen(addon, ${reentry});
      const { ptr } = dlopen(${reentry}, { reenter: { args: ['i32'], returns: 'i32' } }).symbols.reenter;
      const { hash_after, hash_two } = dlopen(${texts}, {
        hash_after: { args: ['cstring', 'u64', 'cstring'], returns: 'u32' },
        hash_two: { args: ['cstring', 'cstring'], returns: 'u32' },
      }).symbols;
      let inside = 0;
      addon.exports(() => {
        for (let i = 0; i < 3; i++) {
          hash_two('overwritten?', 'overwritten as well?');
          try { hash_two('overwritten?', 'with a NUL \\0'); } catch { inside++; }
        }
        return 1;
      });
      let wrong = 0;
      function run(count) {
        for (let i = 0; i < count; i++) {
          const first = 'the first ' + (i & 7);
          if (hash_after(first, ptr, 'the second') !== hash_two(first, 'the second')) wrong++;
        }
      }
      run(5000);
      %PrepareFunctionForOptimization(hash_after);
      %PrepareFunctionForOptimization(run);
      run(20);
      %OptimizeFunctionOnNextCall(hash_after);
      %OptimizeFunctionOnNextCall(run);
      run(5000);
      console.log(wrong, inside);`;
    expect(run(['-e', program])).toBe('0 30060\n');
  });

  it('give their memory back, also when no call was made', () => {
    const program = `
      const { dlopen } = require(${index});
      const { frameAddress } = require(${JSON.stringify(require.resolve('../lib/binding.js'))});
      const definitions = {
        distance: { args: ['cstring', 'u64'], returns: 'u64' },
        hash_two: { args: ['cstring', 'cstring'], returns: 'u32' },
      };
      const { distance } = dlopen(${texts}, definitions).symbols;
      const closed = dlopen(${texts}, definitions);
      const { hash_two } = closed.symbols;
      closed.close();
      const places = new Set();
      const codes = new Set();
      function refused(first, second) {
        try { hash_two(first, second); } catch (error) { codes.add(error.code); }
      }
      function pass(count) {
        for (let i = 0; i < count; i++) {
          places.add(distance('some text', frameAddress)).add(distance('not ASCII: \\u00fc', frameAddress));
          refused('one', 'two');
          refused('one', 't\\0o');
          try { distance('one', -1); } catch (error) { codes.add(error.code); }
        }
      }
      pass(100);
      for (const f of [distance, hash_two, refused, pass]) %PrepareFunctionForOptimization(f);
      pass(100);
      for (const f of [distance, hash_two, refused, pass]) %OptimizeFunctionOnNextCall(f);
      pass(5000);
      console.log(places.size, ...codes);`;
    expect(run(['-e', program])).toBe('1 ERR_LIBRARY_CLOSED ERR_INVALID_ARG_VALUE ERR_OUT_OF_RANGE\n');
  });
});
