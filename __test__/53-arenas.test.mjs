// Arenas: memory that is freed together, and what else ends with it.
import { afterEach, describe, expect, test } from 'vitest';
import { arkffi, thrown } from './open.mjs';

const { alloc, Arena, dlopen, free, leaks, stats, Struct } = arkffi;
const { symbols: c } = dlopen(null, {
  memset: { args: ['ptr', 'i32', 'size_t'], returns: 'ptr' },
  malloc: { args: ['size_t'], returns: 'ptr' },
  free: { args: ['ptr'] },
});
const Point = Struct({ x: 'i32', y: 'f64' });
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
const gone = { class: 'FFIError', code: 'ERR_INVALID_MEM_ID' };

const memoryLeaks = () => leaks().filter(({ kind }) => kind === 'memory');
afterEach(() => expect(memoryLeaks()).toEqual([]));

describe('an arena', () => {
  test('gives memory that is zero, aligned, and nobody else has', () => {
    const arena = new Arena();
    const memories = [];
    let seed = 1;
    const next = (range) => (seed = (seed * 48_271) % 2_147_483_647) % range;
    for (let index = 0; index < 2000; index++) {
      const size = next(20) === 0 ? next(30_000) : next(100);
      const align = 2 ** next(9);
      const memory = arena.alloc(size, { align });
      expect(memory.ptr % Math.max(align, 16)).toBe(0);
      expect(memory.bytes().every((byte) => byte === 0)).toBe(true);
      if (size > 0) c.memset(memory, index & 255, size);
      memories.push(memory);
    }
    expect(new Set(memories.map(({ ptr }) => ptr)).size).toBe(2000);
    memories.forEach((memory, index) => expect(memory.bytes().every((byte) => byte === (index & 255))).toBe(true));
    arena.end();
    expect(memories.every(({ freed }) => freed)).toBe(true);
  });

  test('is many pieces smaller than its memories', () => {
    const arena = new Arena();
    for (let index = 0; index < 10_000; index++) arena.alloc(16);
    expect(stats().memory.blocks).toBeLessThan(20);
    arena.end();
    expect(stats().memory.blocks).toBe(0);
  });

  test('has typed memory and text', () => {
    Arena.run((arena) => {
      const points = arena.alloc(Point, 3);
      points.set(2, { x: 1, y: 2 });
      expect(points.at(2)).toEqual({ x: 1, y: 2 });
      expect(thrown(() => points.at(3)).code).toBe('ERR_OUT_OF_BOUNDS');
      expect(thrown(() => points.read('u8', 48)).code).toBe('ERR_OUT_OF_BOUNDS');
      expect(arena.alloc('u8').ptr % 1).toBe(0);
      expect(arena.strdup('hällo', 'utf16le').toString()).toBe('hällo');
      expect(arena.strdup('').bytes()).toEqual(new Uint8Array(1));
      expect(arena.alloc(1_000_000).size).toBe(1_000_000);
    });
  });

  test('frees its memory when it ends, and that is an error from then on', () => {
    const arena = new Arena();
    const small = arena.alloc('i32', 4);
    const large = arena.alloc(100_000);
    for (let index = 0; index < 30; index++) small.at(0);
    const views = [small.view(), large.view(), small.slice(4).view()];
    const slice = small.slice(4);
    views[0][4] = 42;
    expect([slice.read('u8'), views[2][0]]).toEqual([42, 42]);
    expect(arena.ended).toBe(false);
    arena.end();
    arena.end();
    expect(arena.ended).toBe(true);
    expect(views.map(({ length }) => length)).toEqual([0, 0, 0]);
    const message = expect.stringContaining('arena');
    for (const use of [() => small.at(0), () => slice.read('u8'), () => large.ptr, () => c.memset(small, 0, 1)]) {
      expect(thrown(use)).toMatchObject({ ...gone, message });
    }
    for (const [symbol, use] of [
      ['alloc', () => arena.alloc(8)],
      ['strdup', () => arena.strdup('text')],
      ['own', () => arena.own(1, () => {})],
    ]) {
      expect(thrown(use)).toMatchObject({ ...gone, symbol, message });
    }
  });

  test('its memory is not freed by itself', () => {
    Arena.run((arena) => {
      const memory = arena.alloc(16);
      const wrong = { ...gone, symbol: 'free', message: expect.stringContaining('arena') };
      for (const release of [
        () => memory.free(),
        () => free(memory),
        () => free(memory.ptr),
        () => memory[dispose](),
      ]) {
        expect(thrown(release)).toMatchObject(wrong);
      }
      expect(memory.freed).toBe(false);
    });
  });

  test('a view of its memory shows nothing of what is around it', () => {
    Arena.run((arena) => {
      const [first, second] = [arena.alloc(16), arena.alloc(16)];
      expect(first.view().buffer.byteLength).toBe(16);
      second.view()[0] = 9;
      expect(second.read('u8')).toBe(9);
      expect(first.view().buffer).toBe(first.view().buffer);
    });
  });

  test('refuses what alloc refuses', () => {
    Arena.run((arena) => {
      for (const [args, code, argument] of [
        [[-1], 'ERR_OUT_OF_RANGE', 0],
        [[NaN], 'ERR_OUT_OF_RANGE', 0],
        [[1n], 'ERR_INVALID_ARG_TYPE', 0],
        [['void'], 'ERR_INVALID_ARG_TYPE', 0],
        [[8, 1.5], 'ERR_OUT_OF_RANGE', 1],
        [[8, 1, { align: 3 }], 'ERR_OUT_OF_RANGE', 2],
        [[8, { allocator: {} }], 'ERR_INVALID_ARG_TYPE', 1],
        [[2 ** 60], 'ERR_MALLOC_FAILED', undefined],
      ]) {
        expect(thrown(() => arena.alloc(...args))).toMatchObject({ code, symbol: 'alloc', argument });
      }
      expect(thrown(() => arena.strdup('a\0b'))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', symbol: 'strdup' });
      expect(arena.alloc(8).size).toBe(8);
    });
    expect(thrown(() => new Arena({ size: 1 }))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'Arena' });
    expect(thrown(() => new Arena({ allocator: 5 }))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', argument: 0 });
  });
});

describe('own', () => {
  test('releases the last first, before the memory', () => {
    const order = [];
    const arena = new Arena();
    const memory = arena.alloc('i32');
    const file = { name: 'file' };
    expect(arena.own(file, (resource) => order.push([resource, memory.at(0)]))).toBe(file);
    const disposable = { [dispose]: () => order.push('disposed') };
    expect(arena.own(disposable)).toBe(disposable);
    const inner = arena.own(alloc(8));
    memory.set(0, 7);
    arena.end();
    expect(order).toEqual(['disposed', [file, 7]]);
    expect(inner.freed).toBe(true);
  });

  test.each([[5], [null], [undefined], [{}], [{ [dispose]: 5 }]])(
    'refuses %o with nothing to release it',
    (resource) => {
      Arena.run((arena) => {
        expect(thrown(() => arena.own(resource))).toMatchObject({ class: 'FFITypeError', symbol: 'own', argument: 1 });
        expect(thrown(() => arena.own(resource, 5)).code).toBe('ERR_INVALID_ARG_TYPE');
      });
    },
  );

  test('goes on when a release throws, and throws that', () => {
    const order = [];
    const arena = new Arena();
    const memory = arena.alloc(8);
    const fail = (text) => () => {
      order.push(text);
      throw new Error(text);
    };
    arena.own(1, fail('first'));
    arena.own(2, () => order.push('second'));
    expect(() => arena.end()).toThrow('first');
    expect([order, memory.freed, arena.ended]).toEqual([['second', 'first'], true, true]);
    const several = new Arena();
    several.own(1, fail('one'));
    several.own(2, fail('two'));
    try {
      several.end();
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(AggregateError);
      expect(error.errors.map(({ message }) => message)).toEqual(['two', 'one']);
    }
  });

  test('what releases may end the arena again, but use no more of it', () => {
    const arena = new Arena();
    arena.own(1, () => {
      arena.end();
      expect(thrown(() => arena.alloc(8))).toMatchObject(gone);
    });
    arena.end();
    expect(arena.ended).toBe(true);
  });

  test('a getter or an allocator that ends the arena stops what is under way', () => {
    const arena = new Arena();
    const sly = {
      get [dispose]() {
        arena.end();
        return () => expect.unreachable();
      },
    };
    expect(thrown(() => arena.own(sly))).toMatchObject(gone);
    const freed = [];
    const other = new Arena({
      allocator: {
        allocate(size) {
          other.end();
          return c.malloc(size);
        },
        free(address) {
          freed.push(address);
          c.free(address);
        },
      },
    });
    expect(thrown(() => other.alloc(8))).toMatchObject(gone);
    expect(freed.length).toBe(1);
  });
});

describe('Arena.run', () => {
  test('returns what the function returns, and ends', () => {
    let memory;
    const result = Arena.run((arena) => {
      memory = arena.alloc(8);
      return 42;
    });
    expect([result, memory.freed]).toEqual([42, true]);
  });

  test('ends when the function throws', () => {
    let memory;
    const failing = (arena) => {
      memory = arena.alloc(8);
      throw new Error('as expected');
    };
    expect(() => Arena.run(failing)).toThrow('as expected');
    expect(memory.freed).toBe(true);
  });

  test('ends when the promise settles that the function returned', async () => {
    let memory;
    const steps = [];
    const running = Arena.run(async (arena) => {
      memory = arena.alloc(1024);
      await c.memset.async(memory, 5, 1024);
      steps.push(memory.read('u8', 1023), memory.freed);
      return 'done';
    });
    expect(memory.freed).toBe(false);
    expect(await running).toBe('done');
    expect([steps, memory.freed]).toEqual([[5, false], true]);
    const failing = Arena.run(async (arena) => {
      memory = arena.alloc(8);
      await null;
      throw new Error('as expected');
    });
    expect(memory.freed).toBe(false);
    await expect(failing).rejects.toThrow('as expected');
    expect(memory.freed).toBe(true);
  });

  test('waits for what is like a promise', async () => {
    let settle;
    let memory;
    const running = Arena.run((arena) => {
      memory = arena.alloc(8);
      return { then: (resolve) => void (settle = resolve) };
    });
    await null;
    await null;
    expect(memory.freed).toBe(false);
    settle('value');
    expect(await running).toBe('value');
    expect(memory.freed).toBe(true);
  });

  test('with a call that is not waited for frees the memory when that has returned', async () => {
    let call;
    Arena.run((arena) => {
      const memory = arena.alloc(1 << 20);
      call = c.memset.async(memory, 1, 1 << 20);
    });
    expect(await call).toBeGreaterThan(0);
  });

  test('tells all errors, the first the one of the function', async () => {
    const failing = (arena) => {
      arena.own(1, () => {
        throw new Error('release');
      });
      throw new Error('function');
    };
    for (const run of [() => Arena.run(failing), async () => Arena.run(async (arena) => failing(arena))]) {
      const errors = await (async () => run())().catch(({ errors }) => errors.map(({ message }) => message));
      expect(errors).toEqual(['function', 'release']);
    }
  });

  test('nests: each ends with its own function', () => {
    Arena.run((outer) => {
      const first = outer.alloc(8);
      const second = Arena.run((inner) => {
        first.write('i32', 0, 5);
        return inner.alloc(8);
      });
      expect([first.freed, second.freed, first.read('i32')]).toEqual([false, true, 5]);
      const owned = outer.own(new Arena());
      expect(owned.alloc(8).freed).toBe(false);
    });
  });

  test('refuses what is no function, and options that are none', () => {
    expect(thrown(() => Arena.run(5))).toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
      symbol: 'Arena.run',
      argument: 0,
    });
    expect(thrown(() => Arena.run(() => expect.unreachable(), { size: 1 }))).toMatchObject({ symbol: 'Arena' });
  });
});
