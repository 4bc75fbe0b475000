import { describe, expect, it } from 'vitest';
import { caught, fail, open, unary } from './callbacks.mjs';
import { collect } from './collect.mjs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { dlopen, CFunction, CString, JSCallback, Struct } = arkffi;
const { array, callback, inout, out, stats } = arkffi;

const file = fixture('callbacks');
const bind = (symbol, args, returns) => dlopen(file, { [symbol]: { args, returns } }).symbols[symbol];
const { symbols } = dlopen(file, {
  apply_callback: { args: ['function', 'int'], returns: 'int' },
  foreach: { args: ['buffer', 'int', 'function'] },
  sort: { args: ['buffer', 'int', 'function'] },
  either: { args: ['function', 'function', 'int'], returns: 'int' },
  store: { args: ['function'] },
  fire: { args: ['int'], returns: 'int' },
});

const CLOSED = { class: 'FFIError', code: 'ERR_CALLBACK_CLOSED' };

describe('a JSCallback', () => {
  it('is a function pointer at once, that C and JavaScript can call', () => {
    const cb = open((a, b) => a + b, ['int', 'int'], 'int');
    expect(cb.ptr).toBeGreaterThan(65536);
    expect([cb.getHandle(), cb.threadsafe]).toEqual([cb.ptr, false]);
    expect(cb.call(2, 3)).toBe(5);
    expect(CFunction({ ptr: cb.ptr, args: ['int', 'int'], returns: 'int' })(7, 8)).toBe(15);
    expect(CFunction({ ptr: cb, args: ['int', 'int'], returns: 'int' })(-7, 8)).toBe(1);
    for (const threadsafe of [true, 'listener'])
      expect(open(() => {}, [], 'void', { threadsafe }).threadsafe).toBe(threadsafe);
  });

  it("does what ArkFFI's pages show", () => {
    let factor = 2;
    const cb = unary((value) => value * factor);
    expect(symbols.apply_callback(cb, 21)).toBe(42);
    factor = 3;
    expect([symbols.apply_callback(cb.ptr, 21), symbols.apply_callback(cb.getHandle(), 2)]).toEqual([63, 6]);
    expect(CFunction({ ptr: cb.ptr, args: ['int'], returns: 'int' })(7)).toBe(21);
    const seen = [];
    symbols.foreach(
      Int32Array.of(3, 1, 2),
      3,
      open((value) => seen.push(value), ['int'], 'void'),
    );
    expect(seen).toEqual([3, 1, 2]);
    const values = Int32Array.from({ length: 500 }, (_, index) => (index * 7919) % 503);
    symbols.sort(
      values,
      values.length,
      open((a, b) => b - a, ['int', 'int'], 'int'),
    );
    expect([...values]).toEqual([...values].sort((a, b) => b - a));
    cb.close();
    expect(thrown(() => cb.call(1))).toMatchObject({ ...CLOSED, message: 'invalid or closed callback handle' });
  });

  it('counts and checks the arguments of call like any function', () => {
    const cb = unary((value) => value);
    const error = { symbol: 'JSCallback', isFFIError: true };
    expect(thrown(() => cb.call())).toMatchObject({ ...error, code: 'ERR_MISSING_ARGS', argument: 0 });
    expect(thrown(() => cb.call(1, 2))).toMatchObject({ ...error, code: 'ERR_INVALID_ARG_VALUE', argument: 1 });
    expect(thrown(() => cb.call('x'))).toMatchObject({ ...error, code: 'ERR_INVALID_ARG_TYPE', argument: 0 });
    expect(thrown(() => cb.call(2 ** 31))).toMatchObject({ ...error, code: 'ERR_OUT_OF_RANGE', argument: 0 });
  });

  it('needs neither args nor returns, and calls its function with no receiver', () => {
    const calls = [];
    const cb = new JSCallback(function (...args) {
      calls.push([this, args]);
      return 'ignored';
    }, {});
    expect(bind('nothing_of', ['function'])(cb)).toBe(undefined);
    cb.close();
    expect(calls).toEqual([[undefined, []]]);
  });

  it('is closed by close, by using, and as often as one likes', () => {
    const before = stats().callbacks.open;
    const cb = unary(() => 1);
    expect(stats().callbacks.open).toBe(before + 1);
    cb[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    cb.close();
    expect([cb.ptr, cb.getHandle(), cb.threadsafe, stats().callbacks.open]).toEqual([0, 0, false, before]);
    expect([cb.ref(), cb.unref()]).toEqual([cb, cb]);
  });

  it('can be open ten thousand times, each at an address of its own', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => unary((value) => value + index));
    expect(new Set(many.map((cb) => cb.ptr)).size).toBe(10_000);
    for (const index of [0, 1, 4999, 9999]) expect(symbols.apply_callback(many[index], 1)).toBe(index + 1);
  });

  it('answers onError after close, and that is counted', () => {
    const cb = unary(() => 1, { onError: -7 });
    const address = cb.ptr;
    symbols.store(cb);
    cb.close();
    const { afterClose } = stats().callbacks;
    expect([symbols.fire(5), symbols.apply_callback(address, 5)]).toEqual([-7, -7]);
    expect(stats().callbacks.afterClose).toBe(afterClose + 2);
  });

  it('does not give its address to others before 65,536 more were closed', () => {
    const cb = unary(() => 1);
    const { ptr: address } = cb;
    cb.close();
    for (let i = 0; i < 65_535; i++) {
      const other = new JSCallback(() => 2, {});
      if (other.ptr === address) throw new Error(`given again after ${i}`);
      other.close();
    }
    const { afterClose } = stats().callbacks;
    expect(symbols.apply_callback(address, 1)).toBe(0);
    expect(stats().callbacks.afterClose).toBe(afterClose + 1);
  });

  it('lives on when the object is collected', async () => {
    const before = stats().callbacks.open;
    const addresses = Array.from({ length: 100 }, (_, index) => {
      const { ptr: address } = new JSCallback((value) => value + index, { args: ['int'], returns: 'int' });
      return address;
    });
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve, collect()));
    addresses.forEach((address, index) => expect(symbols.apply_callback(address, 1)).toBe(index + 1));
    expect(stats().callbacks.open).toBe(before + 100);
  });

  it('may close the library that C is in, which goes on until C has returned', () => {
    const library = dlopen(file, { apply_callback: { args: ['function', 'int'], returns: 'int' } });
    const cb = unary((value) => (library.close(), value + 1));
    expect(library.symbols.apply_callback(cb, 1)).toBe(2);
    expect(thrown(() => library.symbols.apply_callback(cb, 1)).code).toBe('ERR_LIBRARY_CLOSED');
  });

  it('on the JavaScript thread is the same whatever threadsafe says', () => {
    for (const threadsafe of [false, true, 'listener'])
      expect(
        symbols.apply_callback(
          unary((value) => value + 1, { threadsafe }),
          1,
        ),
      ).toBe(2);
  });

  it('may close itself, and others, while C is inside', () => {
    const before = stats().callbacks.open;
    const other = unary(() => 9, { onError: -1 });
    const cb = unary((value) => {
      cb.close();
      other.close();
      return value + 1;
    });
    expect(symbols.either(cb, other, 4)).toBe(5 * 1000 - 1);
    expect(stats().callbacks.open).toBe(before);
  });
});

describe('a definition of a callback', () => {
  const nothing = () => {};
  it.each([undefined, null, 'x', 5, {}, []])('whose function is %s is refused', (fn) => {
    const error = { class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', symbol: 'JSCallback', argument: 0 };
    expect(thrown(() => new JSCallback(fn, {}))).toMatchObject(error);
  });

  it.each([
    ['no definition', undefined, 'definition'],
    ['an unknown key', { arguments: ['int'] }, 'arguments'],
    ['args that are no array', { args: 'int' }, 'args must be an array'],
    ['an unknown type', { args: ['int', 'intt'] }, 'args[1]', 1],
    ['an unknown result', { returns: 'intt' }, 'returns'],
    ['a void parameter', { args: ['void'] }, 'void'],
    ['a buffer parameter', { args: ['buffer'] }, 'toArrayBuffer'],
    ['a buffer result', { returns: 'buffer' }, ''],
    ['an out parameter', { args: ['int', out('int')] }, 'use pointer', 1],
    ['an inout parameter', { args: [inout('int')] }, 'use pointer', 0],
    ['an array as the result', { returns: array('int', 2) }, 'returns'],
    ['threadsafe of a wrong kind', { threadsafe: 1 }, 'threadsafe'],
    ['threadsafe of a wrong name', { threadsafe: 'listen' }, "'listener'"],
    ['a timeout of a wrong kind', { timeout: '5' }, 'timeout'],
    ['a negative timeout', { timeout: -1 }, 'timeout', undefined, 'ERR_OUT_OF_RANGE'],
    ['a fraction as the timeout', { timeout: 0.5 }, 'timeout', undefined, 'ERR_OUT_OF_RANGE'],
    ['a timeout without end', { timeout: Infinity }, 'timeout', undefined, 'ERR_OUT_OF_RANGE'],
    ['a timeout longer than timers', { timeout: 2 ** 31 }, 'timeout', undefined, 'ERR_OUT_OF_RANGE'],
    ['an onError of a wrong kind', { returns: 'int', onError: 'x' }, 'onError'],
    ['an onError out of range', { returns: 'u8', onError: 256 }, 'onError', undefined, 'ERR_OUT_OF_RANGE'],
  ])('is refused: %s', (_, definition, text, argument, code = 'ERR_INVALID_ARG_TYPE') => {
    const { open: before } = stats().callbacks;
    const error = thrown(() => new JSCallback(nothing, definition));
    expect(error).toMatchObject({ code, argument, isFFIError: true });
    expect(error.message).toContain('JSCallback: ');
    expect(error.class).toBe(code === 'ERR_OUT_OF_RANGE' ? 'FFIRangeError' : 'FFITypeError');
    expect(error.message).toContain(text);
    expect(stats().callbacks.open).toBe(before);
  });

  it('may have the timeouts that timers have', () => {
    for (const timeout of [0, 1, 2 ** 31 - 1]) expect(open(nothing, [], 'void', { timeout }).ptr).toBeGreaterThan(0);
  });

  it('is read once: later changes of its arrays change nothing', () => {
    const args = ['int', 'int'];
    const cb = open((...given) => given.length, args, 'int');
    args.length = 0;
    expect(cb.call(1, 2)).toBe(2);
  });
});

const Point = Struct({ x: 'int', y: 'int' });
const Declared = Struct({ base: 'int', apply: callback(['int', 'int'], 'int'), data: 'ptr' });

describe('a parameter callback(args, returns)', () => {
  const { apply, store, each, sort, both } = dlopen(file, {
    apply: { symbol: 'apply_callback', args: [callback(['int'], 'int'), 'int'], returns: 'int' },
    store: { args: [callback(['int'], 'int')] },
    each: { symbol: 'foreach', args: ['buffer', 'int', callback(['int'])] },
    sort: { args: ['buffer', 'int', callback(['int', 'int'], 'int')] },
    both: { symbol: 'either', args: [callback(['int'], 'int'), callback(['int'], 'int'), 'int'], returns: 'int' },
  }).symbols;

  it('takes a function, that is open for this call only', () => {
    const before = stats().callbacks;
    expect(apply((value) => value * 2, 21)).toBe(42);
    const values = Int32Array.of(3, 1, 2);
    sort(values, 3, (a, b) => a - b);
    const seen = [];
    each(values, 3, (value) => void seen.push(value, stats().callbacks.open - before.open));
    expect(seen).toEqual([1, 1, 2, 1, 3, 1]);
    store((value) => value);
    expect([symbols.fire(5), stats().callbacks.afterClose]).toEqual([0, before.afterClose + 1]);
    expect(stats().callbacks.open).toBe(before.open);
  });

  it('takes a JSCallback of a like signature, a pointer and null', () => {
    const cb = unary((value) => value + 1);
    for (const value of [cb, cb.ptr, BigInt(cb.ptr), open((value) => value + 1, ['u32'], 'i32')])
      expect(apply(value, 1)).toBe(2);
    expect(store(null)).toBe(undefined);
    expect(cb.call(1)).toBe(2);
  });

  it.each([
    ['fewer parameters', [], 'int'],
    ['more parameters', ['int', 'int'], 'int'],
    ['a float', ['float'], 'int'],
    ['a wider integer', ['i64'], 'int'],
    ['another result', ['int'], 'double'],
    ['no result', ['int'], 'void'],
    ['a record', [Point], 'int'],
  ])('refuses a JSCallback with %s', (_, args, returns) => {
    const error = thrown(() =>
      apply(
        open(() => 0, args, returns),
        1,
      ),
    );
    expect(error).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      symbol: 'apply',
      argument: 0,
    });
    expect(error.message).toContain('another signature');
  });

  it('refuses everything else', () => {
    for (const value of ['x', {}, undefined, true, new Uint8Array(8), new CString(70_000)]) {
      const error = thrown(() => apply(value, 1));
      expect(error).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: 'apply',
        argument: 0,
      });
      expect(error.message).toMatch(/expected a function.*a JSCallback/);
    }
    for (const value of [-1, 0.5, 2 ** 53, 2n ** 64n])
      expect(thrown(() => apply(value, 1)).code).toBe('ERR_OUT_OF_RANGE');
    const plain = thrown(() => symbols.apply_callback(() => 1, 1));
    expect(plain).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'apply_callback', argument: 0 });
    expect(plain.message).toContain('callback(args, returns)');
  });

  it('closes its functions when the call throws, or is refused', () => {
    const before = stats().callbacks.open;
    const mine = new Error('mine');
    const failing = () => fail(mine);
    expect(caught(() => apply(failing, 1))).toBe(mine);
    expect(caught(() => both((value) => value, failing, 1))).toBe(mine);
    expect(thrown(() => apply(() => 1, 'x')).code).toBe('ERR_INVALID_ARG_TYPE');
    expect(thrown(() => both(() => 1, 'x', 1)).code).toBe('ERR_INVALID_ARG_TYPE');
    expect(thrown(() => apply(() => 'x', 1))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'callback' });
    expect(stats().callbacks.open).toBe(before);
  });

  it('is not for members of records, whose functions nothing would close', () => {
    const error = thrown(() => Declared.create({ base: 1, apply: (a, b) => a + b, data: null }));
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', isFFIError: true });
    const other = open(() => 0, ['int'], 'int');
    expect(thrown(() => Declared.create({ base: 1, apply: other })).message).toContain('another signature');
  });

  it('can be declared wrongly like any callback', () => {
    for (const args of ['int', ['nothing'], ['buffer'], [out('int')], ['void']])
      expect(thrown(() => callback(args))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'callback' });
    expect(thrown(() => callback([], 'nothing'))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'callback' });
  });
});
