// Which way into C is taken on a host, and what the ways of hosts' own FFI have to do besides making the call. What V8's have
// to do is in 134.
import { describe, expect, it } from 'vitest';
import { index, lib, run } from './fast/run.mjs';
import { fixture } from './fixtures/paths.mjs';
import { library } from './libraries.mjs';
import { arkffi } from './open.mjs';

const basics = JSON.stringify(fixture('basics'));
/** Functions that are found to be leaves, one of them brief, and leave the address of a copied string. */
const texts = JSON.stringify(
  library(
    'leaving',
    'const char *same(const char *text) { return text; }\ndouble put(const char **at, const char *text) { *at = text; return 0.5; }',
  ),
);
const { backend } = arkffi.stats();
const hasFast = ['fast', 'bun:ffi', 'Deno.dlopen'].includes(backend);

describe.runIf(hasFast)('where the host has fast calls', () => {
  it('functions are called by them from the first call on', () => {
    const program = `
      const { provider } = require(${lib('fast/provider')});
      const { offsets, views } = require(${lib('frame')});
      const found = provider();
      const ways = { values: 'caller', frame: 'frameCaller' };
      const made = { values: 0, frame: 0 };
      for (const [way, name] of Object.entries(ways)) {
        const make = found[name];
        found[name] = (...given) => {
          const caller = make(...given);
          const watched = (call) => (...args) => {
            const result = call(...args);
            if (views.u32[offsets.status / 4] !== 1) made[way]++;
            return result;
          };
          if (caller === null) return null;
          return way === 'frame' ? watched(caller) : { ...caller, caller: watched(caller.caller) };
        };
      }
      const { dlopen } = require(${index});
      const { add } = dlopen(${basics}, { add: { args: ['i32', 'i32'], returns: 'i32', leaf: true } }).symbols;
      const { llabs } = dlopen(null, { llabs: { args: ['i64'], returns: 'i64', leaf: true } }).symbols;
      console.log(add(1, 2), llabs(-5n), made.values, made.frame);`;
    expect(run(['-e', program])).toBe('3 5 1 1\n');
  });

  it('functions go by the frame when these calls do not reach the entries', () => {
    const program = `
      const native = require(${lib('binding')});
      const { engineCaller, hostEntries } = native;
      // The values are passed in another order than they should be.
      native.engineCaller = (...given) => {
        const caller = engineCaller(...given);
        return caller && ((callee, ...values) => caller(callee, ...values.reverse()));
      };
      // All entries are a function that says nothing, or those of a place that is not this thread's.
      native.hostEntries = () => {
        const entries = hostEntries();
        for (const name of Object.keys(entries)) if (name !== 'isOpen') entries[name] = entries.same;
        entries.place = 15;
        return entries;
      };
      const { dlopen, stats } = require(${index});
      const { add } = dlopen(${basics}, { add: { args: ['i32', 'i32'], returns: 'i32' } }).symbols;
      let sum = 0;
      for (let i = 0; i < 100; i++) sum += add(i, 1);
      console.log(sum, stats().backend, /calls functions otherwise than is known/.test(stats().reason));`;
    expect(run(['-e', program])).toBe('5050 trampoline true\n');
  });

  it('the memory of copied strings is given back after them', () => {
    const program = `
      const { dlopen } = require(${index});
      const { first, strtod, any } = dlopen(null, {
        first: { symbol: 'strchr', args: ['cstring', 'i32'], returns: 'ptr', leaf: true },
        strtod: { args: ['cstring', 'ptr'], returns: 'f64', leaf: true },
        any: { symbol: 'strchr', args: ['cstring', 'i32'], returns: 'ptr' },
      }).symbols;
      const { same, put } = dlopen(${texts}, {
        same: { args: ['cstring'], returns: 'ptr' },
        put: { args: ['ptr', 'cstring'], returns: 'f64' },
      }).symbols;
      const end = new BigUint64Array(1);
      const places = new Set();
      for (let i = 0; i < 40_000; i++) {
        places.add(first('a string', 97)).add(any('another one', 97)).add(same('a third'));
        strtod('.', end);
        places.add(Number(end[0]));
        put(end, '.');
        places.add(Number(end[0]));
      }
      console.log(places.size);`;
    expect(run(['-e', program])).toBe('1\n');
  });

  // Bun makes all NaNs one.
  it.runIf(backend !== 'bun:ffi')('leaves keep the payload of a NaN that is a float', () => {
    const program = `
      const { dlopen } = require(${index});
      const { floatOf } = dlopen(${basics}, {
        floatOf: { symbol: 'float_of_bits', args: ['u32'], returns: 'f32', leaf: true },
      }).symbols;
      const float = new Float32Array(1);
      const bits = new Uint32Array(float.buffer);
      const seen = new Set();
      for (let i = 0; i < 100_000; i++) {
        float[0] = floatOf(0x7fc12345);
        seen.add(bits[0].toString(16));
      }
      console.log([...seen].join());`;
    expect(run(['-e', program])).toBe('7fc12345\n');
  });
});

it.runIf(backend === 'bun:ffi')('what a program does to Buffer.prototype changes no string that C returns', () => {
  const program = `
    const { dlopen } = require(${index});
    const { version } = dlopen(null, { version: { symbol: 'gnu_get_libc_version', returns: 'cstring' } }).symbols;
    const before = version();
    Buffer.prototype.latin1Slice = () => 'stolen';
    console.log(version() === before);`;
  expect(run(['-e', program])).toBe('true\n');
});

it.runIf(backend === 'Deno.dlopen')(
  'new functions go another way when the permission for the FFI is taken away',
  () => {
    const program = `
    const { dlopen } = require(${index});
    const types = (...args) => ({ add: { args: ['i32', 'i32', ...args], returns: 'i32' } });
    const { add } = dlopen(${basics}, types()).symbols;
    Deno.permissions.revokeSync({ name: 'ffi' });
    const other = dlopen(${basics}, types('f32', 'f32')).symbols.add;
    console.log(add(1, 2), other(3, 4, 0, 0), add(5, 6));`;
    expect(run(['-e', program])).toBe('3 7 11\n');
  },
);
