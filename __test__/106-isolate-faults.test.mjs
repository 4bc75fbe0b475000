// Whatever a library does to the process that it is in, the program gets an error, and goes on.
import { describe, expect, it } from 'vitest';
import { crash, fault, isThorough, open, rejected } from './faults.mjs';
import { arkffi } from './open.mjs';
import { runs, until } from './soak/processes.mjs';

const { isolate } = arkffi;
const onLinux = describe.runIf(process.platform === 'linux');

// No system maps anything below 65,536.
const ADDRESS = 0xdea0;
/** What calls may throw when it is not said which of them notices. */
const AFTERWARDS = ['ERR_HELPER_CRASHED', 'ERR_CALL_FAILED', 'ERR_CALL_TIMEOUT'];
const late = { class: 'FFIError', code: 'ERR_CALL_TIMEOUT' };

/** Function, arguments, and the error. */
const faults = [
  ['write_at', [ADDRESS], crash('SIGSEGV', { address: ADDRESS })],
  ['write_at_in_thread', [ADDRESS], crash('SIGSEGV', { address: ADDRESS })],
  ['call_abort', [], crash('SIGABRT')],
  ['abort_in_thread', [], crash('SIGABRT')],
  ['illegal_instruction', [], crash(process.arch === 'arm64' ? 'SIGTRAP' : 'SIGILL')],
  ['overflow_stack', [], crash('SIGSEGV')],
  ['raise_signal', [9], crash('SIGKILL')],
  ['raise_signal', [15], crash('SIGTERM')],
  ['raise_signal', [8], crash('SIGFPE')],
  ['raise_signal', [7], crash('SIGBUS')],
  ['call_exit', [0], crash(undefined)],
  ['call_exit', [3], crash(undefined)],
  ['call_exit_at_once', [4], crash(undefined)],
];
/** What does not return. 19 is SIGSTOP. */
const endless = [
  ['never_return', []],
  ['never_return_unheeding', []],
  ['never_wake', []],
  ['raise_signal', [19]],
];

const some = isThorough ? faults : faults.filter(([name]) => ['write_at', 'call_exit_at_once'].includes(name));

/** Of which another is like it. */
const similar = faults.filter(([name, [number]]) => /thread|illegal/.test(name) || [3, 7, 8, 15].includes(number));

/** It works, if not with the next call then soon: one finds that the helper is gone, which starts a new one. */
function goesOn(symbols) {
  let sum;
  for (let turn = 0; sum === undefined && turn < 10; turn++) {
    const error = fault(() => (sum = symbols.add(1, 2)));
    if (error) expect(AFTERWARDS).toContain(error.code);
  }
  expect(sum).toBe(3);
}

const only = (expected) => Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined));

onLinux('a fault is an error, and the next call works', () => {
  const library = open();
  const { symbols } = library;
  const works = () => expect(symbols.add(20, 22)).toBe(42);

  it.each(isThorough ? faults : faults.filter((fault) => !similar.includes(fault)))(
    '%s(%j)',
    (name, args, expected) => {
      works();
      const { restarts } = library.status();
      expect(fault(() => symbols[name](...args))).toMatchObject({ ...only(expected), symbol: name });
      works();
      expect(library.status().restarts).toBe(restarts + 1);
    },
  );

  it('C that closes the descriptors of the helper ends it, with its call or the next one', () => {
    const { restarts } = library.status();
    let seen = fault(() => symbols.close_all_descriptors());
    for (let turn = 0; !seen && turn < 100; turn++) seen = fault(() => symbols.sleep_milliseconds(50));
    expect(seen).toMatchObject({ class: 'FFIError', code: 'ERR_HELPER_CRASHED' });
    works();
    expect(library.status().restarts).toBe(restarts + 1);
  });

  // exit() runs what the host does then, which must not wait for anything.
  const asynchronous = isThorough ? faults : faults.filter(([name]) => ['write_at', 'call_exit'].includes(name));
  it.each(asynchronous)('%s(%j) in an asynchronous call, with all others that are pending', async (...all) => {
    const [name, args, expected] = all;
    const other = rejected(symbols.sleep_milliseconds.async(60_000));
    expect(await rejected(symbols[name].async(...args))).toMatchObject({ ...only(expected), symbol: name });
    expect(await other).toMatchObject({ code: 'ERR_HELPER_CRASHED', symbol: 'sleep_milliseconds' });
    works();
  });

  it.each(some)('%s(%j) in a callback: the call that is outside has the same fault', (name, args, expected) => {
    let inner;
    const outer = fault(() => symbols.call_back(() => ((inner = fault(() => symbols[name](...args))), 1), 1));
    expect(inner).toMatchObject({ ...only(expected), symbol: name });
    expect(outer).toMatchObject({ ...only(expected), symbol: 'call_back' });
    works();
  });

  it('a fault after a callback', () => {
    let calls = 0;
    expect(fault(() => symbols.call_back_and_write(() => ++calls, ADDRESS))).toMatchObject(faults[0][2]);
    expect(calls).toBe(1);
    works();
  });

  describe.each(some)('%s(%j) while the arguments of another call are read', (name, args, expected) => {
    let inner;
    const pair = (after) => ({
      get a() {
        inner = fault(() => symbols[name](...args));
        after?.();
        return 1;
      },
      b: 2,
    });
    const gone = { code: 'ERR_HELPER_CRASHED', symbol: 'sum_pair' };

    it('the other call was for the helper that is gone', () => {
      expect(fault(() => symbols.sum_pair(pair()))).toMatchObject(gone);
      expect(inner).toMatchObject({ ...only(expected), symbol: name });
      works();
    });

    it('also when there is a new one by then', () => {
      expect(fault(() => symbols.sum_pair(pair(works)))).toMatchObject(gone);
      works();
    });

    it('also when it is asynchronous', async () => {
      expect(await rejected(symbols.sum_pair.async(pair()))).toMatchObject(gone);
      expect(await rejected(symbols.sum_pair.async(pair(works)))).toMatchObject(gone);
      works();
    });
  });

  it('a callback that restarts the helper ends the call that it is of', () => {
    const outer = fault(() => symbols.call_back(() => (fault(() => symbols.call_abort()), symbols.add(1, 2)), 1));
    expect(outer).toMatchObject({ ...crash('SIGABRT'), symbol: 'call_back' });
    works();
  });
});

onLinux('a call that takes too long ends its helper', () => {
  const library = open({ callTimeout: 600 });
  const { symbols } = library;

  it.each(endless.filter(([name]) => isThorough || name !== 'never_wake'))('%s(%j)', async (name, args) => {
    const { pid } = library.status();
    expect(fault(() => symbols[name](...args))).toMatchObject({ ...late, symbol: name });
    expect(symbols.add(1, 2)).toBe(3);
    await until(() => !runs(pid), 'a helper that was given up is gone');
  });

  it('also when it calls back for ever', () => {
    expect(fault(() => symbols.call_back_often((value) => value, 2 ** 31 - 1))).toMatchObject(late);
    expect(symbols.add(1, 2)).toBe(3);
  });

  it('but libraries may take longer to load', () => {
    const { symbols } = open({ callTimeout: 600, env: { FAULTS_LOAD_FOR: '800' } });
    expect(symbols.add(1, 2)).toBe(3);
  });

  it('also in an asynchronous call, when others return all the time; those that are pending end with it', async () => {
    let isOver = false;
    const stuck = rejected(symbols.never_return.async()).finally(() => (isOver = true));
    const errors = [];
    while (!isOver) errors.push(await rejected(symbols.sleep_milliseconds.async(5)));
    expect(await stuck).toMatchObject({ ...late, symbol: 'never_return' });
    for (const error of errors.filter(Boolean)) expect(AFTERWARDS).toContain(error.code);
    expect(errors.find(Boolean)).toMatchObject({ code: 'ERR_HELPER_CRASHED', symbol: 'sleep_milliseconds' });
    expect(symbols.add(1, 2)).toBe(3);
  });

  it('time in which calls wait for a thread, or the program is busy, is not counted', async () => {
    const promises = Array.from({ length: 40 }, () => symbols.sleep_milliseconds.async(70));
    for (const end = Date.now() + 800; Date.now() < end;);
    expect(await Promise.all(promises)).toEqual(new Array(40).fill(undefined));
  });

  it('the clock stands still while a callback runs in the program', () => {
    const wait = (milliseconds) => {
      for (const end = Date.now() + milliseconds; Date.now() < end;);
    };
    expect(symbols.call_back((value) => (wait(900), value), 7)).toBe(7);
  });
});

onLinux('what libraries leave behind', () => {
  it('programs that they start have no descriptors of the helper', () => {
    const { symbols } = isolate(null, { system: { args: ['cstring'], returns: 'i32' } });
    expect(symbols.system('for n in 3 4 5 6; do test -e /proc/$$/fd/$n && exit $n; done; exit 0')).toBe(0);
  });

  it('a child with the descriptors of the helper keeps nobody waiting, also without a time limit', async () => {
    const { symbols } = open({ callTimeout: 0 });
    // They live longer than the test may.
    const children = [symbols.leave_child(600)];
    try {
      expect(fault(() => symbols.call_abort())).toMatchObject({ code: 'ERR_HELPER_CRASHED', signal: 'SIGABRT' });
      children.push(symbols.leave_child(600));
      const pending = rejected(symbols.sleep_milliseconds.async(60_000));
      expect(await rejected(symbols.call_abort.async())).toMatchObject({ code: 'ERR_HELPER_CRASHED' });
      expect(await pending).toMatchObject({ code: 'ERR_HELPER_CRASHED' });
      expect(symbols.add(1, 2)).toBe(3);
    } finally {
      for (const child of children) process.kill(child, 'SIGKILL');
    }
  });

  it('a child that returns too confuses nobody for long', () => {
    const { symbols } = open({ callTimeout: 1000 });
    const first = fault(() => symbols.return_twice(5));
    expect([undefined, ...AFTERWARDS]).toContain(first?.code);
    for (let turn = 0; turn < 20; turn++) {
      let sum;
      const error = fault(() => (sum = symbols.add(turn, 1)));
      if (error) expect(AFTERWARDS).toContain(error.code);
      else expect(sum).toBe(turn + 1);
    }
  });

  it.each([3, 4, 6])('a closed descriptor %i is the end of the helper, or of no importance', (descriptor) => {
    const { symbols } = open({ callTimeout: 1000 });
    fault(() => symbols.close_descriptor(descriptor));
    // Messages do not need them as long as nobody sleeps.
    fault(() => symbols.sleep_milliseconds(50));
    goesOn(symbols);
  });

  it.each([4, 6])('what a library writes to descriptor %i is taken for nothing that it is not', (descriptor) => {
    const { symbols } = open({ callTimeout: 1000 });
    const written = fault(() => symbols.write_bytes(descriptor, 'x'.repeat(100), 100));
    const next = fault(() => symbols.sleep_milliseconds(50));
    for (const error of [written, next]) expect([undefined, ...AFTERWARDS]).toContain(error?.code);
    goesOn(symbols);
  });

  it('a helper that is killed from outside while nothing happens is replaced', async () => {
    const library = open();
    const { pid } = library.status();
    process.kill(pid, 'SIGKILL');
    await until(() => !runs(pid), 'what is killed is gone');
    goesOn(library.symbols);
    expect(library.status().pid).not.toBe(pid);
  });
});
