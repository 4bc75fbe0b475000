import { afterEach, describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { fail, open, rejected, tick, unary, until } from './callbacks.mjs';
import { fixture } from './fixtures/paths.mjs';
import { flags, node } from './node.mjs';
import { arkffi, require, thrown } from './open.mjs';

const { dlopen, JSCallback, Struct } = arkffi;
const { callback, pointer } = arkffi;

const file = fixture('callbacks');
const definitions = {
  apply_callback: { args: ['function', 'int'], returns: 'int' },
  lent: { symbol: 'apply_callback', args: [callback(['int'], 'int'), 'int'], returns: 'int' },
  answers: { args: ['function', 'int', 'buffer'], returns: 'int' },
  fail_with: { args: ['int'], returns: 'int' },
  on_thread: { args: ['function', 'int'], returns: 'int' },
  start_thread: { args: ['function', 'int'], returns: 'ptr' },
  join_thread: { args: ['ptr'], returns: 'int' },
  wrong_answers: { args: ['function', 'int', 'int'], returns: 'int' },
  tell_lines: { args: ['function', 'int'], returns: 'int' },
  wait_at_gate: { args: ['int'], returns: 'int' },
  open_gate: {},
  call_and_open: { args: ['function', 'int'], returns: 'int' },
};
const { symbols } = dlopen(file, definitions);

afterEach(() => {
  // A test that fails leaves nobody waiting.
  symbols.open_gate();
});

describe('a callback that is called from another thread', () => {
  it('runs on the JavaScript thread, and C waits for its value', async () => {
    const cb = unary((value) => value * 2);
    expect(await symbols.apply_callback.async(cb, 21)).toBe(42);
    expect(await symbols.on_thread.async(cb, 21)).toBe(42);
    expect(await symbols.lent.async((value) => value + 1, 1)).toBe(2);
    expect(
      await symbols.on_thread.async(
        unary((value) => value + 1, { timeout: 0, threadsafe: true }),
        1,
      ),
    ).toBe(2);
    const Operation = Struct({ base: 'int', apply: callback(['int', 'int'], 'int'), data: 'ptr' });
    const { operate } = dlopen(file, { operate: { args: [pointer(Operation), 'int'], returns: 'int' } }).symbols;
    const times = open((a, b) => symbols.apply_callback(cb, a) * b, ['int', 'int'], 'int');
    expect(await operate.async({ base: 6, apply: times, data: null }, 7)).toBe(84);
    const started = Array.from({ length: 20 }, (_, index) => symbols.start_thread(cb, index));
    expect(await Promise.all(started.map((at) => symbols.join_thread.async(at)))).toEqual(started.map((_, i) => i * 2));
    const nested = unary(async (value) =>
      value === 0 ? 0 : (await symbols.apply_callback.async(nested, value - 1)) + 1,
    );
    expect(await symbols.apply_callback.async(nested, 3)).toBe(3);
  });

  it('loses and mixes up nothing when eight threads call', async () => {
    let count = 0;
    const cb = open((thread, index) => (count++, thread * 1_000_000 + index), ['int', 'int'], 'int');
    expect([await symbols.wrong_answers.async(cb, 8, 2000), count]).toEqual([0, 16_000]);
  });

  it('may return a promise: C gets what it settles to', async () => {
    const results = new Int32Array(3);
    const slow = unary(async (value) => (await tick(), value * 3));
    expect(await symbols.apply_callback.async(slow, 14)).toBe(42);
    expect([await symbols.on_thread.async(slow, 14), await symbols.answers.async(slow, 3, results)]).toEqual([42, 3]);
    expect([...results]).toEqual([0, 3, 6]);
    expect(await symbols.lent.async(async () => 5, 1)).toBe(5);
    const wrong = rejected(
      symbols.apply_callback.async(
        unary(async () => 'x'),
        1,
      ),
    );
    expect(await wrong).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', symbol: 'JSCallback' });
    const mine = new Error('mine');
    await expect(
      symbols.apply_callback.async(
        unary(() => Promise.reject(mine)),
        1,
      ),
    ).rejects.toBe(mine);
  });

  it('makes the asynchronous call reject with its very error; C got onError, and no more JavaScript ran', async () => {
    for (const value of [new Error('mine'), undefined, 'text', null]) {
      const results = new Int32Array(4).fill(9);
      let calls = 0;
      const cb = unary((index) => (calls++, index === 1 ? fail(value) : index + 5), { onError: -1 });
      await expect(symbols.answers.async(cb, 4, results)).rejects.toBe(value);
      expect([calls, ...results]).toEqual([2, 5, -1, -1, -1]);
    }
    expect(
      await rejected(
        symbols.apply_callback.async(
          unary(() => 0.5),
          1,
        ),
      ),
    ).toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  });

  it("is told at once as a 'listener', with copies of its strings", async () => {
    const lines = [];
    const listener = open((text, index) => void lines.push(`${index} ${text}`), ['cstring', 'int'], 'void', {
      threadsafe: 'listener',
    });
    expect(symbols.tell_lines(listener, 50)).toBe(0);
    expect(lines).toEqual([]);
    await until(() => lines.length === 50);
    expect(lines).toEqual(lines.map((_, index) => `${index} line ${index}`));
    const answering = open(() => 5, ['cstring', 'int'], 'int', { threadsafe: 'listener', onError: 3 });
    expect(await symbols.tell_lines.async(answering, 10)).toBe(30);
  });

  it('while its call blocks the JavaScript thread ends in ERR_CALLBACK_DEADLOCK, and C gets onError', async () => {
    let calls = 0;
    const cb = unary(() => ++calls, { timeout: 20, onError: -3 });
    expect(thrown(() => symbols.on_thread(cb, 1))).toMatchObject({
      class: 'FFIError',
      code: 'ERR_CALLBACK_DEADLOCK',
      symbol: 'on_thread',
    });
    const started = symbols.start_thread(cb, 1);
    expect(thrown(() => symbols.join_thread(started)).code).toBe('ERR_CALLBACK_DEADLOCK');
    await tick();
    expect([calls, symbols.fail_with(1), await symbols.on_thread.async(cb, 1)]).toEqual([0, -1, 1]);
  });

  it('is waited for while many short calls keep the JavaScript thread: they are not taken for one', async () => {
    const cb = unary((value) => value, { timeout: 400, onError: -3 });
    const { poll } = dlopen(null, { poll: { args: ['ptr', 'u32', 'int'], returns: 'int', leaf: true } }).symbols;
    const callFor = (time, milliseconds) => {
      for (const end = Date.now() + time; Date.now() < end;) poll(null, 0, milliseconds);
    };
    // In code that is compiled.
    callFor(300, 0);
    callFor(100, 1);
    const started = symbols.start_thread(cb, 1);
    callFor(1000, 2);
    expect(await symbols.join_thread.async(started)).toBe(1);
  });

  it('of an asynchronous call that waits in vain makes that call fail too', async () => {
    const cb = unary((value) => value, { timeout: 20, onError: -3 });
    const call = rejected(symbols.call_and_open.async(cb, 1));
    const expected = { class: 'FFIError', code: 'ERR_CALLBACK_DEADLOCK' };
    expect(thrown(() => symbols.wait_at_gate(1))).toMatchObject({ ...expected, symbol: 'wait_at_gate' });
    expect(await call).toMatchObject({ ...expected, symbol: 'call_and_open' });
  });

  it('answers onError when it is closed before its promise has settled', async () => {
    let entered;
    const hasEntered = new Promise((resolve) => (entered = resolve));
    const cb = unary(() => (entered(), new Promise(() => {})), { onError: -6 });
    const call = symbols.apply_callback.async(cb, 1);
    await hasEntered;
    cb.close();
    expect(await call).toBe(-6);
  });

  it('answers onError when it is closed before or while it is called', async () => {
    const calls = Array.from({ length: 20 }, async () => {
      const cb = unary(() => 5, { onError: -2 });
      const started = symbols.start_thread(cb, 1);
      cb.close();
      return symbols.join_thread.async(started);
    });
    expect(await Promise.all(calls)).toEqual(calls.map(() => -2));
  });
});

describe('a process', () => {
  const prelude = `
    const { dlopen, JSCallback } = require(${JSON.stringify(require.resolve('../index.js'))});
    const { start_thread, join_thread, open_gate, wait_at_gate } = dlopen(${JSON.stringify(file)}, {
      start_thread: { args: ['function', 'int'], returns: 'ptr' }, join_thread: { args: ['ptr'], returns: 'int' },
      wait_at_gate: { args: ['int'], returns: 'int' }, open_gate: {},
    }).symbols;
    const cb = new JSCallback((value) => value, { args: ['int'], returns: 'int' });
    // It comes only if something else keeps the process running.
    const later = (fn) => setTimeout(fn, 20).unref();
    process.on('exit', () => console.log('end'));
  `;
  const outcome = (program) => {
    const { status, stdout, stderr } = spawnSync(node, [...flags, '-e', prelude + program], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    return status === 0 ? stdout.trim().split('\n').join(' ') : `status ${status}: ${stderr.slice(-300)}`;
  };

  it.each([
    ['ends though callbacks are open', "later(() => console.log('alive'));", 'end'],
    ['ends after ref and unref', "cb.ref(); cb.ref(); cb.unref(); later(() => console.log('alive'));", 'end'],
    [
      'goes on with ref, until unref',
      "cb.ref(); cb.ref(); later(() => { console.log('alive'); cb.unref(); });",
      'alive end',
    ],
    ['goes on with ref, until close', "cb.ref(); later(() => { console.log('alive'); cb.close(); });", 'alive end'],
    [
      'goes on while any of several has ref',
      `const other = new JSCallback(() => {}, {}).ref();
       cb.ref(); later(() => { cb.close(); cb.ref(); later(() => { console.log('alive'); other.unref(); }); });`,
      'alive end',
    ],
    [
      'goes on until asynchronous calls have settled',
      "wait_at_gate.async(5).then((value) => console.log('value', value)); later(open_gate);",
      'value 5 end',
    ],
    [
      'gets the errors of callbacks that no call can throw as uncaught exceptions; C gets onError',
      `const mine = new Error('mine');
       const failing = new JSCallback((value) => { if (value === 1) throw mine; return 'x'; }, { args: ['int'], returns: 'int', onError: -4 });
       const codes = [];
       process.on('uncaughtException', (error) => codes.push(error === mine ? 'mine' : error.code));
       Promise.all([1, 2].map((value) => join_thread.async(start_thread(failing, value)))).then((values) => console.log(...codes.sort(), ...values));`,
      'ERR_INVALID_ARG_TYPE mine -4 -4 end',
    ],
    [
      'calls a promise that is rejected for no call an uncaught exception too',
      `const failing = new JSCallback(async () => { throw new Error('mine'); }, { args: ['int'], returns: 'int', onError: -4 });
       process.on('uncaughtException', (error) => console.log(error.message));
       join_thread.async(start_thread(failing, 1)).then(console.log);`,
      'mine -4 end',
    ],
  ])('%s', (_, program, expected) => {
    expect(outcome(program)).toBe(expected);
  });
});
