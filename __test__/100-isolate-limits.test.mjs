// What a helper process may use, and how often it is started again.
import { describe, expect, it } from 'vitest';
import { crash, fault, isThorough, open } from './faults.mjs';

const onLinux = describe.runIf(process.platform === 'linux');

onLinux('limits', () => {
  it('of memory: the library gets so much, and no more', () => {
    const { symbols } = open({ limits: { memory: 64 * 2 ** 20 } });
    expect(symbols.free_mebibytes(100)).toBeGreaterThan(20);
    expect(symbols.free_mebibytes(100)).toBeLessThanOrEqual(64);
    expect(fault(() => symbols.take_all_memory())).toMatchObject({ code: 'ERR_HELPER_CRASHED', signal: 'SIGABRT' });
    expect(symbols.add(1, 2)).toBe(3);
  });

  it.runIf(isThorough)('of processor time', () => {
    const { symbols } = open({ limits: { cpuTime: 1000 }, callTimeout: 0 });
    expect(fault(() => symbols.never_return())).toMatchObject(crash('SIGXCPU', { symbol: 'never_return' }));
    expect(symbols.add(1, 2)).toBe(3);
  });

  it('of restarts, after which nothing works any more', () => {
    const library = open({ maxRestarts: 2 });
    const { symbols } = library;
    for (let turn = 0; turn < 3; turn++) {
      if (turn > 0) expect(symbols.add(1, 2)).toBe(3);
      expect(fault(() => symbols.call_abort())).toMatchObject({ code: 'ERR_HELPER_CRASHED' });
    }
    for (let turn = 0; turn < 2; turn++) {
      expect(fault(() => symbols.add(1, 2))).toMatchObject({
        class: 'FFIError',
        code: 'ERR_HELPER_RESTARTS',
        symbol: 'add',
      });
    }
    expect(library.status()).toMatchObject({ pid: null, restarts: 2 });
  });

  it('of restarts: none', () => {
    const { symbols } = open({ maxRestarts: 0 });
    expect(fault(() => symbols.call_abort())).toMatchObject({ code: 'ERR_HELPER_CRASHED' });
    expect(fault(() => symbols.add(1, 2))).toMatchObject({ code: 'ERR_HELPER_RESTARTS' });
  });
});
