// malloc and its like, allocators of the program's own, and what happens when memory is freed by the wrong one.
import { execFileSync, spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { arkffi, require, thrown } from './open.mjs';

const {
  alloc,
  Arena,
  calloc,
  CString,
  dlopen,
  free,
  leaks,
  malloc,
  opaque,
  read,
  realloc,
  stats,
  strdup,
  Struct,
  write,
} = arkffi;

const { symbols: c } = dlopen(null, {
  malloc: { args: ['size_t'], returns: 'ptr' },
  aligned_alloc: { args: ['size_t', 'size_t'], returns: 'ptr' },
  free: { args: ['ptr'] },
});
const gone = { class: 'FFIError', code: 'ERR_INVALID_MEM_ID' };

/** An allocator that counts, on C's heap. */
function counting(extra = {}) {
  const calls = [];
  return {
    calls,
    allocate(size, align) {
      const address = c.aligned_alloc(align, Math.ceil(size / align) * align);
      calls.push(['allocate', size, align, this.calls === calls]);
      return address;
    },
    free(address) {
      calls.push(['free', address]);
      c.free(address);
    },
    ...extra,
  };
}

afterEach(() => expect(leaks().filter(({ kind }) => kind === 'memory')).toEqual([]));

describe('malloc, calloc, realloc and free', () => {
  test('work by address', () => {
    const address = malloc(16);
    expect(address % 16).toBe(0);
    write.i32(address, 12, 77);
    const moved = realloc(address, 100_000);
    expect(read.i32(moved, 12)).toBe(77);
    expect(leaks()).toContainEqual(expect.objectContaining({ kind: 'memory', ptr: moved, size: 100_000 }));
    free(realloc(moved, 8));
    const zeros = calloc(1000, 8);
    for (let offset = 0; offset < 8000; offset += 8) expect(read.u64(zeros, offset)).toBe(0);
    free(zeros);
    free(realloc(null, 10));
    free(malloc(0));
    free(realloc(malloc(10), 0));
    free(null);
    free(0);
  });

  test.each([
    ['malloc', malloc, [NaN], 'ERR_OUT_OF_RANGE', 0],
    ['malloc', malloc, [-1], 'ERR_OUT_OF_RANGE', 0],
    ['malloc', malloc, [8n], 'ERR_INVALID_ARG_TYPE', 0],
    ['malloc', malloc, ['i32'], 'ERR_INVALID_ARG_TYPE', 0],
    ['malloc', malloc, [], 'ERR_INVALID_ARG_TYPE', 0],
    ['malloc', malloc, [8, {}], 'ERR_INVALID_ARG_TYPE', 1],
    ['malloc', malloc, [2 ** 60], 'ERR_MALLOC_FAILED', undefined],
    ['calloc', calloc, [1.5, 1], 'ERR_OUT_OF_RANGE', 0],
    ['calloc', calloc, [1, -1], 'ERR_OUT_OF_RANGE', 1],
    ['calloc', calloc, [2 ** 40, 2 ** 40], 'ERR_MALLOC_FAILED', undefined],
    ['realloc', realloc, [null, -1], 'ERR_OUT_OF_RANGE', 1],
    ['realloc', realloc, ['text', 1], 'ERR_INVALID_ARG_TYPE', 0],
    ['free', free, [new Uint8Array(4)], 'ERR_INVALID_ARG_TYPE', 0],
    ['free', free, ['text'], 'ERR_INVALID_ARG_TYPE', 0],
    ['free', free, [undefined], 'ERR_INVALID_ARG_TYPE', 0],
    ['free', free, [-1], 'ERR_OUT_OF_RANGE', 0],
    ['free', free, [0.5], 'ERR_OUT_OF_RANGE', 0],
  ])('%s refuses what is none of its arguments: %#', (symbol, call, args, code, argument) => {
    expect(thrown(() => call(...args))).toMatchObject({ code, symbol, argument, isFFIError: true });
  });

  test('memory that cannot grow is as it was', () => {
    const address = malloc(16);
    write.i32(address, 0, 5);
    expect(thrown(() => realloc(address, 2 ** 46))).toMatchObject({ code: 'ERR_MALLOC_FAILED', symbol: 'realloc' });
    expect(read.i32(address)).toBe(5);
    free(address);
  });

  test('a second free, what was never allocated, and the middle of a block are errors', () => {
    const address = malloc(64);
    for (const wrong of [address + 16, 12345678, 1, 2n ** 64n - 1n, new CString(address + 8)]) {
      expect(thrown(() => free(wrong))).toMatchObject({ ...gone, symbol: 'free' });
      expect(thrown(() => realloc(wrong, 8))).toMatchObject({ ...gone, symbol: 'realloc' });
    }
    free(address);
    expect(thrown(() => free(address))).toMatchObject(gone);
    expect(thrown(() => realloc(address, 8))).toMatchObject(gone);
    const old = malloc(16);
    const grown = realloc(old, 1_000_000);
    if (old !== grown) expect(thrown(() => free(old))).toMatchObject(gone);
    free(grown);
  });

  test('memory of C itself is not ours to free', () => {
    const address = c.malloc(16);
    expect(thrown(() => free(address))).toMatchObject(gone);
    c.free(address);
  });

  test('free takes memory of alloc and strdup, too, by itself and by its address', () => {
    const [first, second] = [alloc(8), alloc(8)];
    free(first);
    free(second.ptr);
    expect([first.freed, second.freed]).toEqual([true, true]);
    const text = strdup('text');
    free(text);
    expect(thrown(() => text.free())).toMatchObject(gone);
    const third = alloc(8);
    expect(thrown(() => realloc(third.ptr, 16))).toMatchObject(gone);
    third.free();
  });

  test('stats count blocks and bytes', () => {
    const before = stats().memory;
    const all = [malloc(10), calloc(2, 20)];
    const memory = alloc(100);
    expect(stats().memory).toEqual({ blocks: before.blocks + 3, bytes: before.bytes + 150 });
    all.forEach((address) => free(address));
    memory.free();
    expect(stats().memory).toEqual(before);
  });
});

describe('an allocator of the program', () => {
  test('gives the memory of alloc, strdup, malloc, calloc and Arena, and gets it back', () => {
    const allocator = counting();
    const memory = alloc('f64', 3, { allocator });
    expect([...memory.bytes()]).toEqual(new Array(24).fill(0));
    const { ptr } = memory;
    memory.free();
    strdup('text', 'utf16le', { allocator }).free();
    const address = malloc(5, allocator);
    free(address, allocator);
    free(calloc(2, 8, allocator), allocator);
    Arena.run((arena) => arena.alloc(8), { allocator });
    const asked = allocator.calls.filter(([name]) => name === 'allocate');
    expect(asked.slice(0, 4)).toEqual([
      ['allocate', 24, 8, true],
      ['allocate', 10, 2, true],
      ['allocate', 5, 16, true],
      ['allocate', 16, 16, true],
    ]);
    expect(allocator.calls[1]).toEqual(['free', ptr]);
    expect(allocator.calls.filter(([name]) => name === 'free').length).toBe(asked.length);
  });

  test('is asked for the alignment that was given, also for less than that of malloc', () => {
    const base = c.aligned_alloc(16, 64);
    const asked = [];
    const eights = { allocate: (size, align) => (asked.push(align), base + 8), free() {} };
    alloc(8, { align: 8, allocator: eights }).free();
    alloc('i64', 1, { align: 2, allocator: eights }).free();
    expect(asked).toEqual([8, 8]);
    expect(thrown(() => alloc(8, { allocator: eights }))).toMatchObject({ code: 'ERR_INVALID_POINTER' });
    c.free(base);
  });

  test('is made of the functions of a library', () => {
    const allocator = { allocate: c.malloc, free: c.free };
    const memory = alloc(16, { allocator });
    expect([...memory.bytes()]).toEqual(new Array(16).fill(0));
    memory.free();
    free(malloc(8, allocator), allocator);
  });

  test('frees only its own', () => {
    const [one, other] = [counting(), counting()];
    const address = malloc(8, one);
    const wrong = { ...gone, symbol: 'free', message: expect.stringContaining('another allocator') };
    expect(thrown(() => free(address))).toMatchObject(wrong);
    expect(thrown(() => free(address, other))).toMatchObject(wrong);
    expect(thrown(() => realloc(address, 16))).toMatchObject(gone);
    const heap = malloc(8);
    expect(thrown(() => free(heap, one))).toMatchObject(wrong);
    const memory = alloc(8, { allocator: one });
    expect(thrown(() => free(memory.ptr))).toMatchObject(wrong);
    expect(thrown(() => free(memory, other))).toMatchObject(wrong);
    expect([one.calls.length, other.calls.length]).toEqual([2, 0]);
    free(memory, one);
    free(heap);
    free(address, one);
    expect(thrown(() => free(address, one))).toMatchObject(gone);
  });

  test.each([
    [0, 'ERR_MALLOC_FAILED'],
    [null, 'ERR_MALLOC_FAILED'],
    [0n, 'ERR_MALLOC_FAILED'],
    [undefined, 'ERR_INVALID_ARG_TYPE'],
    ['text', 'ERR_INVALID_ARG_TYPE'],
    [-16, 'ERR_INVALID_ARG_TYPE'],
    [NaN, 'ERR_INVALID_ARG_TYPE'],
    // What the engine frees when it likes.
    [new Uint8Array(64), 'ERR_INVALID_ARG_TYPE'],
    [new ArrayBuffer(64), 'ERR_INVALID_ARG_TYPE'],
    [Struct({ x: 'i32' }).view(new ArrayBuffer(64)), 'ERR_INVALID_ARG_TYPE'],
    [4096, 'ERR_INVALID_POINTER'],
    [1_000_001, 'ERR_INVALID_POINTER'],
  ])('that gives %s gives an error', (given, code) => {
    const allocator = { allocate: () => given, free: () => expect.unreachable() };
    expect(thrown(() => alloc(8, { allocator }))).toMatchObject({ code, symbol: 'alloc' });
  });

  test('may give what stands for an address, and no memory that is in use', () => {
    const Handle = opaque('handle');
    const allocator = counting();
    const wrapped = { allocate: (...args) => Handle.at(allocator.allocate(...args)), free: (at) => c.free(at) };
    alloc(8, { allocator: wrapped }).free();
    const memory = alloc(8, { allocator });
    const twice = { allocate: () => memory.ptr, free: () => expect.unreachable() };
    expect(thrown(() => alloc(8, { allocator: twice }))).toMatchObject({
      code: 'ERR_INVALID_POINTER',
      message: expect.stringContaining('not freed'),
    });
    memory.free();
  });

  test('whose functions throw throws that; what it would not take back is gone all the same', () => {
    const failing = counting({
      free(address) {
        c.free(address);
        throw new Error('not taken');
      },
    });
    const memory = alloc(8, { allocator: failing });
    expect(() => memory.free()).toThrow('not taken');
    expect(memory.freed).toBe(true);
    expect(thrown(() => memory.free())).toMatchObject(gone);
    const refusing = {
      allocate() {
        throw new Error('not given');
      },
      free() {},
    };
    expect(() => alloc(8, { allocator: refusing })).toThrow('not given');
  });

  test('may use memory itself, and free what is being freed', () => {
    let memory;
    const nested = counting({
      free(address) {
        expect(thrown(() => memory.free())).toMatchObject(gone);
        alloc(8).free();
        c.free(address);
      },
    });
    memory = alloc(8, { allocator: nested });
    memory.free();
  });

  test('is not asked for absurd sizes', () => {
    const allocator = { allocate: () => expect.unreachable(), free() {} };
    expect(thrown(() => alloc(2 ** 60, { allocator })).code).toBe('ERR_MALLOC_FAILED');
    expect(thrown(() => malloc(1e300, allocator)).code).toBe('ERR_MALLOC_FAILED');
  });
});

test('ARKFFI_TRACE=memory prints what is allocated and freed', () => {
  const program = `
    const { alloc, free, malloc, realloc, Arena } = require(${JSON.stringify(require.resolve('../index.js'))});
    alloc(16).free();
    free(realloc(malloc(8), 24));
    Arena.run((arena) => arena.alloc(8));`;
  const { stderr } = spawnSync(process.execPath, ['-e', program], {
    encoding: 'utf8',
    env: { ...process.env, ARKFFI_TRACE: 'memory' },
  });
  const lines = stderr
    .replace(/0x[0-9a-f]+/g, 'at')
    .trim()
    .split('\n');
  expect(lines.map((line) => line.replace(/^.*?(?=alloc|malloc|free|Arena)/, ''))).toEqual([
    'alloc(16) = at',
    'free(at)',
    'malloc(8) = at',
    'free(at)',
    'malloc(24) = at',
    'free(at)',
    'Arena(4096) = at',
    'free(at)',
  ]);
});

test('while tracking, errors say which call freed the memory, and leaks which made it', () => {
  const program = `
    const { alloc, malloc, free, leaks, Arena } = require(${JSON.stringify(require.resolve('../index.js'))});
    function makes() { return alloc('i32', 4); }
    function frees(memory) { memory.free(); }
    const messages = {};
    const note = (name, action) => { try { action(); } catch ({ code, message }) { messages[name] = code + ' ' + message; } };
    const memory = makes();
    const [leak] = leaks().filter(({ kind }) => kind === 'memory');
    frees(memory);
    note('use', () => memory.at(0));
    note('twice', () => memory.free());
    const address = malloc(8);
    (function freesRaw() { free(address); })();
    note('raw', () => free(address));
    const arena = new Arena(); const part = arena.alloc(8);
    (function ends() { arena.end(); })();
    note('arena', () => part.read('u8'));
    console.log(JSON.stringify({ leak, messages, size: memory.size }));`;
  const output = execFileSync(process.execPath, ['-e', program], {
    encoding: 'utf8',
    env: { ...process.env, ARKFFI_TRACK: '1' },
  });
  const { leak, messages } = JSON.parse(output.split('\n')[0]);
  expect(leak).toMatchObject({ kind: 'memory', size: 16, type: 'i32', stack: expect.stringContaining('makes') });
  expect(messages.use).toMatch(/^ERR_INVALID_MEM_ID at: the memory was freed, by:\n.*frees/);
  expect(messages.twice).toMatch(/^ERR_INVALID_MEM_ID free: the memory was freed, by:\n.*frees/);
  expect(messages.raw).toMatch(/^ERR_INVALID_MEM_ID free: the memory at 0x[0-9a-f]+ was freed, by:\n.*freesRaw/);
  expect(messages.arena).toMatch(/^ERR_INVALID_MEM_ID read: the arena of this memory has ended, by:\n.*ends/);
});
