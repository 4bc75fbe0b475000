// What the program and C in the helper see of each other's writes to memory that is lent, which functions C may call, and
// which pointers each of them gets.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { closeAtEnd } from './isolates.mjs';
import { arkffi, thrown } from './open.mjs';

const { IsolatedPointer, JSCallback, Struct, alloc, array, callback, isolate, opaque, pointer } = arkffi;
const int = callback(['i32'], 'i32');
const functions = {
  add: { args: ['i32', 'i32'], returns: 'i32' },
  call_back: { args: [int, 'i32'], returns: 'i32' },
  sleep_milliseconds: { args: ['i32'] },
  sum_bytes: { args: ['ptr', 'usize'], returns: 'u64', optional: true },
  write_around: { args: ['ptr', 'usize', int], returns: 'i32' },
  write_both: { args: ['ptr', 'usize', 'ptr'] },
  write_later: { args: ['ptr', 'usize', 'i32'] },
};
const open = (options) => closeAtEnd(isolate(fixture('faults'), functions, options));
const plugin = open();
const { symbols } = plugin;

describe('memory that is lent', () => {
  for (const kind of ['synchronous', 'asynchronous']) {
    const call = (...args) =>
      kind === 'synchronous' ? symbols.write_around(...args) : symbols.write_around.async(...args);

    test(`is the same for C and for callbacks of ${kind} calls`, async () => {
      const bytes = new Uint8Array(64);
      const seen = [];
      const result = await call(bytes, 64, () => {
        seen.push(bytes[0]);
        bytes[1] = 9;
        bytes[2] = 8;
        return 0;
      });
      expect([result, seen, [...bytes.subarray(0, 3)], bytes[63]]).toEqual([9, [1], [1, 9, 8], 3]);
    });

    test(`is so for a callback that calls C with it, and for its parts, in ${kind} calls`, async () => {
      const bytes = new Uint8Array(16);
      const result = await call(bytes.subarray(4, 12), 8, () => {
        symbols.write_both(bytes.subarray(4), 1, bytes);
        return 0;
      });
      // Not lent to the first call: the program's own business.
      expect([result, [...bytes.subarray(0, 6)], bytes[11]]).toEqual([5, [6, 0, 0, 0, 1, 5], 3]);
    });
  }

  test('keeps what the isolate writes behind its pointers in a callback', () => {
    const libc = isolate(null, { qsort: { args: ['ptr', 'usize', 'usize', callback(['ptr', 'ptr'], 'i32')] } });
    closeAtEnd(libc);
    const bytes = Uint8Array.of(1, 2);
    libc.symbols.qsort(bytes, 2, 1, (one) => {
      libc.write(one, 'u8', 0, 50);
      return -1;
    });
    expect([...bytes]).toContain(50);
  });

  test('keeps what the program writes while an asynchronous call runs', async () => {
    const bytes = new Uint8Array(1000);
    const calls = [symbols.write_later.async(bytes, 3, 60), symbols.write_later.async(bytes, 900, 60)];
    bytes[4] = 2;
    bytes[999] = 2;
    await Promise.all(calls);
    expect([...bytes.entries()].filter(([, byte]) => byte !== 0)).toEqual([
      [3, 7],
      [4, 2],
      [900, 7],
      [999, 2],
    ]);
  });

  test('is at one place, whichever parts of it are passed', () => {
    const memory = alloc('u8', 16);
    symbols.write_both(memory.slice(0, 8), 6, memory.slice(4, 8));
    symbols.write_both(memory.slice(8, 8), 1, memory);
    expect([...memory.bytes()]).toEqual([6, 0, 0, 0, 6, 0, 5, 0, 0, 5, 0, 0, 0, 0, 0, 0]);
    const huge = new Uint8Array(2 ** 27);
    symbols.write_both(huge.subarray(0, 8), 1, huge.subarray(8, 16));
    expect([...huge.subarray(0, 9)]).toEqual([0, 5, 0, 0, 0, 0, 0, 0, 6]);
    expect(thrown(() => symbols.write_both(huge.subarray(0, 8), 1, huge.subarray(4, 12)))).toMatchObject({
      class: 'FFITypeError',
      code: 'ERR_INVALID_ARG_VALUE',
      symbol: 'write_both',
      argument: 2,
    });
    expect(symbols.add(1, 2)).toBe(3);
  });

  test('is refused by its function and argument where there is too much of it', async () => {
    const { symbols: typed } = plugin.open(fixture('faults'), {
      typed: { symbol: 'write_both', args: [pointer('u8'), 'usize', 'buffer'] },
    });
    const most = new Uint8Array(2 ** 31);
    const refusals = [
      thrown(() => symbols.write_both(most, 0, most)),
      thrown(() => typed.typed(most, 0, most)),
      await symbols.write_both.async(most, 0, most).catch((error) => error),
    ];
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'ERR_MALLOC_FAILED', argument: 0 });
    expect(thrown(() => typed.typed(null, 0, most))).toMatchObject({ code: 'ERR_MALLOC_FAILED', argument: 2 });
  });
});

describe('callbacks', () => {
  test('of asynchronous calls may take longer than calls, and the rest goes on meanwhile', async () => {
    const quick = open({ callTimeout: 600 });
    let settled = 0;
    const slowly = async () => {
      for (; settled < 3; settled++) await quick.symbols.sleep_milliseconds.async(10);
      return sleep(900, 5);
    };
    expect(await quick.symbols.call_back.async(slowly, 1)).toBe(5);
    expect([settled, quick.status().restarts]).toEqual([3, 0]);
  });

  test('but a call takes its own time after them, and not longer than callbackTimeout allows', async () => {
    const hasty = open({ callTimeout: 5000, callbackTimeout: 100 });
    const never = new Promise(() => {});
    expect(await hasty.symbols.call_back.async(() => never, 1)).toBe(0);
    const quick = open({ callTimeout: 600, callbackTimeout: 100 });
    const late = quick.symbols.sleep_milliseconds.async(20_000);
    await expect(late).rejects.toMatchObject({ code: 'ERR_CALL_TIMEOUT', symbol: 'sleep_milliseconds' });
  });

  test('that throw reject their asynchronous call', async () => {
    const error = new Error('mine');
    const fail = () => {
      throw error;
    };
    await expect(symbols.call_back.async(fail, 1)).rejects.toBe(error);
    await expect(symbols.call_back.async(() => Promise.reject(error), 1)).rejects.toBe(error);
    expect(await symbols.call_back.async((value) => value, 1)).toBe(1);
  });

  test('that are closed are so in the helper too: it does not ask the program for an answer', async () => {
    const own = isolate(
      fixture('callbacks'),
      {
        answers: { args: ['ptr', 'i32', 'ptr'], returns: 'i32' },
        store: { args: ['function'] },
        stored_function: { returns: 'ptr' },
      },
      // C would get the default by then.
      { callbackTimeout: 60_000 },
    );
    closeAtEnd(own);
    const make = () => new JSCallback((value) => value, { args: ['i32'], returns: 'i32', onError: -7 });
    const [one, other] = [make(), make()];
    own.symbols.store(one);
    const pointer = own.symbols.stored_function();
    one.close();
    // With that it hears of the first.
    own.symbols.store(other);
    const answer = own.alloc('i32', 1);
    const call = own.symbols.answers.async(pointer, 1, answer);
    // The event loop, which would answer, does not turn meanwhile.
    for (const end = Date.now() + 20_000; answer.at(0) === 0 && Date.now() < end;);
    expect(answer.at(0)).toBe(-7);
    await call;
    other.close();
  });

  test('that recurse for ever end in a RangeError, and the isolate goes on', () => {
    let depth = 0;
    const deeper = (value) => {
      depth++;
      return symbols.call_back(deeper, value);
    };
    expect(() => symbols.call_back(deeper, 1)).toThrow(RangeError);
    expect(depth).toBeGreaterThan(100);
    expect([symbols.add(1, 2), symbols.call_back((value) => value * 2, 4), plugin.status().restarts]).toEqual([
      3, 8, 0,
    ]);
  });
});

describe('addresses of one process do not get to another:', () => {
  const Person = Struct({ name: 'cstring', age: 'i32', city: 'cstring' });
  const Point = Struct({ x: 'i32', y: 'i32' });
  const Counter = opaque('Counter');
  const Holder = Struct({ counter: Counter, function: 'function' });
  const definitions = {
    person_default: { returns: Person.object },
    person_text: { args: [Person, 'ptr', 'ptr'], returns: 'usize' },
    person_text_at: { args: ['ptr', 'ptr', 'ptr'], returns: 'usize' },
    point_add: { args: [Point, Point], returns: Point },
    counter_new: { args: ['i32'], returns: Counter },
    counter_next: { args: [Counter], returns: 'i32' },
  };
  const inside = closeAtEnd(isolate(fixture('records'), definitions));
  const records = inside.symbols;
  const refused = (definition) => thrown(() => inside.open(fixture('records'), { person_default: definition }));
  const unread = { class: 'FFIError', code: 'ERR_UNSUPPORTED_ARGS', symbol: 'person_default' };

  test.each([
    ['a record result whose members nobody reads', { returns: Person }],
    ['one with pointers further inside', { returns: Struct({ all: array(Struct({ inner: Person }), 2) }) }],
    ['one whose pointers are opaque, or functions', { returns: Holder }],
    ['such an argument of a callback', { args: [callback([Person], 'void')] }],
  ])('%s is refused', (_, definition) => {
    expect(refused(definition)).toMatchObject(unread);
  });

  test('such an argument of a callback that comes as an object is refused', () => {
    const other = closeAtEnd(isolate(fixture('callbacks'), { apply_callback: { args: ['function', 'i32'] } }));
    const taking = new JSCallback(() => 0, { args: [Person], returns: 'i32' });
    const error = thrown(() => other.symbols.apply_callback(taking, 1));
    expect(error).toMatchObject({ ...unread, symbol: 'callback' });
    taking.close();
  });

  test('a record with pointers at an address of the program is refused', () => {
    for (const address of [4096, 4096n]) {
      expect(thrown(() => records.person_text(address, null, null))).toMatchObject({
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: 'person_text',
        argument: 0,
      });
    }
  });

  test('not what is read, nor records without pointers', () => {
    expect(records.person_default()).toHaveProperty('age', 36);
    expect(typeof records.point_add({ x: 1, y: 2 }, { x: 3, y: 4 })).toBe('number');
  });

  test('opaque and function members are pointers of the helper, and addresses are refused for them', () => {
    const memory = inside.alloc(Holder);
    memory.set(0, { counter: records.counter_new(5), function: records.counter_next.ptr });
    const { counter, function: next } = memory.at(0);
    expect([counter, next].every((value) => value instanceof IsolatedPointer)).toBe(true);
    expect([counter.name, records.counter_next(counter), next.equals(records.counter_next.ptr)]).toEqual([
      'Counter',
      6,
      true,
    ]);
    for (const member of [{ counter: 4096 }, { function: 4096 }]) {
      const wrong = { counter, function: next, ...member };
      expect(['ERR_INVALID_ARG_TYPE', 'ERR_OUT_OF_RANGE']).toContain(thrown(() => memory.set(0, wrong)).code);
    }
  });

  test('a pointer into what was lent ends with its call', async () => {
    const definitions = { strchr: { args: ['ptr', 'i32'], returns: 'ptr' } };
    const { symbols: libc } = inside.open(null, definitions);
    const text = new Uint8Array(Buffer.from('name=value\0'));
    const own = inside.strdup('name=value');
    const found = libc.strchr(text, 61);
    const later = await libc.strchr.async(text, 61);
    const large = libc.strchr(new Uint8Array(2 ** 21).fill(61), 61);
    for (const pointer of [found, later, large]) {
      expect(pointer.freed).toBe(true);
      expect(thrown(() => inside.text(pointer))).toMatchObject({ code: 'ERR_INVALID_MEM_ID', symbol: 'text' });
      expect(thrown(() => libc.strchr(pointer, 61))).toMatchObject({ code: 'ERR_INVALID_MEM_ID', argument: 0 });
    }
    for (const pointer of [libc.strchr(own, 61), await libc.strchr.async(own, 61)]) {
      libc.strchr(text, 61);
      expect([pointer.freed, inside.text(pointer)]).toEqual([false, '=value']);
    }
  });

  test('a pointer into what was lent is one while its call is under way', () => {
    const other = closeAtEnd(
      isolate(fixture('callbacks'), {
        qsort: {
          args: ['ptr', 'usize', 'usize', callback(['ptr', 'ptr'], 'i32')],
        },
      }),
    );
    const bytes = new Uint8Array([3, 1, 2]);
    let kept;
    other.symbols.qsort(bytes, 3, 1, (a, b) => {
      kept = a;
      return other.read(a, 'u8') - other.read(b, 'u8');
    });
    expect([...bytes, kept.freed]).toEqual([1, 2, 3, true]);
  });

  test('buffers that keep what they point to are refused, by value and by address', () => {
    const buffer = Person.create({ name: 'Ada', age: 36, city: 'London' });
    const target = new Uint8Array(99);
    for (const call of [
      () => records.person_text(buffer, target, null),
      () => records.person_text_at(buffer, target, null),
      () => records.person_text_at(new Uint8Array(buffer), target, null),
      () => records.person_text_at(Person.view(buffer), target, null),
    ]) {
      expect(thrown(call)).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', argument: 0 });
    }
  });

  test('memory of the isolate is taken by its own functions, by value too, and by nothing of this process', () => {
    const { symbols: here } = arkffi.dlopen(fixture('records'), { person_text: definitions.person_text });
    const memory = inside.alloc(Person);
    const target = new Uint8Array(99);
    memory.set(0, { name: inside.strdup('Ada'), age: 36, city: null });
    expect(records.person_text(memory, target, null)).toBe('Ada|(none)'.length);
    const refusals = [
      () => here.person_text(memory, target, null),
      () => Person.get(memory, 'name'),
      () => Person.set(memory, 'name', 'text'),
      () => Person.fromPtr(memory.ptr),
      () => Person.view(memory),
      () => Person.write(memory, { name: 'text', age: 1, city: null }),
      () => array('cstring', 1).view(memory),
    ];
    for (const refusal of refusals) {
      expect(['ERR_INVALID_ARG_VALUE', 'ERR_INVALID_ARG_TYPE']).toContain(thrown(refusal).code);
    }
    expect(Person.get(memory, 'age')).toBe(36);
    expect(inside.text(memory.at(0).name)).toBe('Ada');
  });
});
