// attachFinalizer: native functions that run once, when an object is collected.
import { describe, expect, it } from 'vitest';
import { afterwards, definitions, file, run, symbols } from './finalizers.mjs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, hold, thrown } from './open.mjs';

const { alloc, attachFinalizer, dlopen, ptr, stats, JSCallback } = arkffi;

describe('a finalizer', () => {
  it('runs once for every object that is collected, whatever object it is', () => {
    const program = afterwards(`
      class Thing { #secret = 1; }
      const objects = () => [{}, [], () => {}, class {}, new Thing(), new Map(), new Uint8Array(8), new Proxy({}, {}),
        Object.freeze({}), Object.seal([]), Object.create(null), Promise.resolve(), new Error('x')];
      const count = objects().length;
      const attachAll = () => objects().forEach((object) => attachFinalizer(object, symbols.make(7), symbols.destroy));
      attachAll();
      console.log(stats().finalizers === count, symbols.count_freed());
      await collected(() => symbols.count_freed() === count);
      await collected(() => false, 20);
      console.log(symbols.count_freed() === count, symbols.last_freed(), stats().finalizers);`);
    expect(run(program)).toBe('true 0 | true 7 0');
  });

  it('waits as long as the object is reachable', () => {
    const program = afterwards(`
      const kept = {};
      attachFinalizer(kept, symbols.make(1), symbols.destroy);
      attachFinalizer({}, symbols.make(2), symbols.destroy);
      await collected(() => symbols.count_freed() > 0);
      await collected(() => false, 20);
      console.log(symbols.count_freed(), symbols.last_freed(), stats().finalizers, typeof kept);`);
    expect(run(program)).toBe('1 2 1 object');
  });

  it('takes a bound function, a CFunction, an address, and an object function with ptr', () => {
    const program = afterwards(`
      const { ptr } = symbols.destroy;
      const frees = [symbols.destroy, CFunction({ ptr, args: ['ptr'] }), ptr, BigInt(ptr), Object.assign(() => {}, { ptr })];
      for (const free of frees) attachFinalizer({}, symbols.make(3), free);
      await collected(() => symbols.count_freed() === frees.length);
      console.log(symbols.count_freed() === frees.length);`);
    expect(run(program)).toBe('true');
  });

  it('runs several functions of one object', () => {
    const program = afterwards(`
      (() => { const object = {}; for (let i = 0; i < 5; i++) attachFinalizer(object, symbols.make(i), symbols.destroy); })();
      await collected(() => symbols.count_freed() === 5);
      console.log(symbols.count_freed());`);
    expect(run(program)).toBe('5');
  });

  it('that was taken back does not run, neither at collection nor at the end', () => {
    const program = afterwards(`
      const finalizer = attachFinalizer({}, symbols.make(1), symbols.destroy_loudly);
      console.log(finalizer.detach(), finalizer.detach(), finalizer.run(), stats().finalizers);
      await collected(() => false, 20);
      console.log('over');`);
    expect(run(program)).toBe('true false false 0 | over');
  });

  it('can be run by hand, once', () => {
    const before = symbols.count_freed();
    const object = {};
    const finalizer = attachFinalizer(object, symbols.make(5), symbols.destroy);
    expect([finalizer.run(), finalizer.run(), finalizer.detach()]).toEqual([true, false, false]);
    expect([symbols.count_freed() - before, symbols.last_freed()]).toEqual([1, 5]);
    const disposable = attachFinalizer(object, symbols.make(6), symbols.destroy);
    disposable[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    expect([symbols.count_freed() - before, symbols.last_freed(), disposable.run()]).toEqual([2, 6, false]);
  });

  it('tells the engine the size, until it has run or is taken back', () => {
    const program = afterwards(`
      const size = 300_000_000;
      const addon = { exports: {} };
      process.dlopen(addon, ${JSON.stringify(fixture('external'))});
      const outside = () => Math.round(addon.exports() / size);
      const keep = {};
      const [run, detached] = [0, 1].map((n) => attachFinalizer(keep, symbols.make(n), symbols.destroy, { size }));
      const seen = [outside()];
      run.run();
      seen.push(outside());
      detached.detach();
      seen.push(outside());
      (() => { attachFinalizer({}, symbols.make(1), symbols.destroy, { size }); seen.push(outside()); })();
      await collected(() => stats().finalizers === 0);
      seen.push(outside());
      console.log(seen.join());`);
    expect(run(program)).toBe('2,1,0,1,0');
  });
});

describe('sizes', () => {
  it('of more than any process has are told as far as there can be so much', () => {
    const program = afterwards(`
      let all = [];
      for (let i = 0; i < 3000; i++) all.push(attachFinalizer(all, symbols.make(1), symbols.destroy, { size: Number.MAX_SAFE_INTEGER }));
      for (const finalizer of all) finalizer.run();
      all = undefined;
      await collected(() => false, 20);
      console.log(symbols.count_freed());`);
    expect(run(program)).toBe('3000');
  });
});

describe('a native function that calls back', () => {
  it('gets the default when it runs because of a collection, and no JavaScript runs', () => {
    const program = afterwards(`
      let count = 0;
      const callback = new JSCallback(() => ++count, { args: ['int'], returns: 'int', onError: 77 });
      symbols.set_told(callback);
      attachFinalizer({}, symbols.make(4), symbols.destroy_and_tell);
      await collected(() => symbols.count_freed() === 1);
      console.log(symbols.last_answer(), count);
      symbols.destroy_and_tell(symbols.make(1));
      console.log(symbols.last_answer(), count);`);
    expect(run(program)).toBe('77 0 | 1 1');
  });

  it('gets an answer when it is run by hand, and what the callback throws is thrown', () => {
    const object = {};
    let action = (value) => value + 1;
    const callback = new JSCallback((value) => action(value), { args: ['int'], returns: 'int', onError: -5 });
    symbols.set_told(callback);
    attachFinalizer(object, symbols.make(41), symbols.destroy_and_tell).run();
    expect(symbols.last_answer()).toBe(42);
    action = () => {
      throw new Error('mine');
    };
    const finalizer = attachFinalizer(object, symbols.make(1), symbols.destroy_and_tell);
    expect(() => finalizer.run()).toThrow('mine');
    expect([symbols.last_answer(), finalizer.run()]).toEqual([-5, false]);
    // Inside of a call of C.
    const inner = attachFinalizer(object, symbols.make(2), symbols.destroy);
    action = () => Number(inner.run());
    symbols.destroy_and_tell(symbols.make(3));
    expect([symbols.last_answer(), symbols.last_freed()]).toEqual([1, 3]);
    symbols.set_told(null);
    callback.close();
  });
});

describe('attachFinalizer refuses', () => {
  const address = ptr(hold(new Uint8Array(8)));
  const { destroy, destroy_with_two, make, count_freed } = symbols;
  const callback = new JSCallback(() => {}, { args: ['ptr'] });
  const cases = [
    ...[undefined, null, 1, 'text', true, 1n, Symbol('x')].map((object) => [
      'what is no object',
      [object, address, destroy],
      'ERR_INVALID_ARG_TYPE',
      0,
    ]),
    ...[0, null, 0n, 100, 65_535].map((pointer) => [
      'NULL and what cannot be an address',
      [{}, pointer, destroy],
      'ERR_INVALID_POINTER',
      1,
    ]),
    ...[-1, 1.5, NaN, 2n ** 64n].map((pointer) => ['a bad number', [{}, pointer, destroy], 'ERR_OUT_OF_RANGE', 1]),
    ...[undefined, 'text', {}, new Uint8Array(8), new ArrayBuffer(8), hold(alloc(8))].map((pointer) => [
      'what is no address',
      [{}, pointer, destroy],
      'ERR_INVALID_ARG_TYPE',
      1,
    ]),
    ...[undefined, null, 'free', {}, () => {}, { ptr: address }, callback, Object.assign(() => {}, { ptr: '1' })].map(
      (free) => ['what is no native function', [{}, address, free], 'ERR_INVALID_ARG_TYPE', 2],
    ),
    ...[0, 100, Object.assign(() => {}, { ptr: 0 })].map((free) => [
      'a function at NULL',
      [{}, address, free],
      'ERR_INVALID_POINTER',
      2,
    ]),
    ...[-1, 1.5].map((free) => ['a function at a bad number', [{}, address, free], 'ERR_OUT_OF_RANGE', 2]),
    ...[destroy_with_two, make, count_freed].map((free) => [
      'a function of other parameters',
      [{}, address, free],
      'ERR_INVALID_ARG_VALUE',
      2,
    ]),
    ...[-1, NaN, 0.5, Infinity].map((size) => ['a bad size', [{}, address, destroy, { size }], 'ERR_OUT_OF_RANGE', 3]),
    ...['8', 8n, null].map((size) => [
      'a size of a wrong kind',
      [{}, address, destroy, { size }],
      'ERR_INVALID_ARG_TYPE',
      3,
    ]),
    ...[null, 8, { bytes: 8 }].map((options) => [
      'wrong options',
      [{}, address, destroy, options],
      'ERR_INVALID_ARG_TYPE',
      3,
    ]),
  ];
  const classes = { ERR_OUT_OF_RANGE: 'FFIRangeError', ERR_INVALID_POINTER: 'FFIError' };
  it.each(cases)('%s: %o', (_, args, code, argument) => {
    const before = stats().finalizers;
    expect(thrown(() => attachFinalizer(...args))).toMatchObject({
      class: classes[code] ?? 'FFITypeError',
      code,
      symbol: 'attachFinalizer',
      argument,
      isFFIError: true,
    });
    expect(stats().finalizers).toBe(before);
  });

  it('nothing that Object.prototype has come to have', () => {
    Object.prototype.size = -1;
    try {
      expect(attachFinalizer({}, address, destroy, {}).detach()).toBe(true);
    } finally {
      delete Object.prototype.size;
    }
  });

  it('to run what a getter closes meanwhile', () => {
    const other = dlopen(file, definitions);
    const free = Object.defineProperty(() => {}, 'ptr', {
      get() {
        other.close();
        throw new Error('from the getter');
      },
    });
    expect(() => attachFinalizer({}, address, free)).toThrow('from the getter');
  });
});
