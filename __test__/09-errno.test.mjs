import { describe, expect, it } from 'vitest';
import { constants } from 'node:os';
import { readFileSync } from 'node:fs';
import { fixture } from './fixtures/paths.mjs';
import { isMusl } from './hosts-skips.mjs';
import { arkffi, thrown } from './open.mjs';

const { dlopen, errno, strerror } = arkffi;
const { ENOENT, EINTR, ERANGE } = constants.errno;
const { symbols } = dlopen(fixture('basics'), {
  fail_with: { args: ['i32'], returns: 'i32' },
  failWithDouble: { symbol: 'fail_with', args: ['i32'], returns: 'f64' },
  read_errno: { returns: 'i32' },
});

describe('errno', () => {
  it('is what the last call left, whatever JavaScript does in between', () => {
    expect(symbols.fail_with(ENOENT)).toBe(-1);
    thrown(() => readFileSync('/no/such/file'));
    expect([errno(), errno()]).toEqual([ENOENT, ENOENT]);
    symbols.failWithDouble(EINTR);
    expect(errno()).toBe(EINTR);
  });

  it('is seen by the next call as it was left, or as it was set', () => {
    symbols.fail_with(ENOENT);
    thrown(() => readFileSync('/'));
    expect(symbols.read_errno()).toBe(ENOENT);
    expect(errno(0)).toBe(ENOENT);
    expect([errno(), symbols.read_errno()]).toEqual([0, 0]);
  });

  it('tells apart an overflow and the largest number of strtol', () => {
    const { strtol } = dlopen(null, { strtol: { args: ['cstring', 'ptr', 'i32'], returns: 'long' } }).symbols;
    errno(0);
    strtol('9'.repeat(30), null, 10);
    expect(errno()).toBe(ERANGE);
  });

  it('is not changed by a refused call', () => {
    symbols.fail_with(ENOENT);
    thrown(() => symbols.fail_with('x'));
    expect(errno()).toBe(ENOENT);
  });

  it('is not changed either by one of a function whose results have it, however often it has been called', () => {
    const told = { errno: true, leaf: true };
    const { strlen, fail_with } = dlopen(fixture('basics'), {
      strlen: { symbol: 'length', args: ['cstring'], returns: 'size_t', ...told },
      fail_with: { args: ['i32'], returns: 'i32', ...told },
    }).symbols;
    const refused = [() => strlen('a\0b'), () => strlen(5.5), () => fail_with('x'), () => fail_with(1, 2)];
    for (let i = 0; i < 20_000; i++) {
      strlen('text');
      fail_with(i);
      if (i % 5000 > 3) continue;
      for (const call of refused) {
        errno(ENOENT);
        thrown(call);
        expect(errno()).toBe(ENOENT);
      }
    }
  });

  it('can be set to no other than 32-bit integers', () => {
    for (const value of [0.5, 2 ** 31, NaN])
      expect(thrown(() => errno(value))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', symbol: 'errno', argument: 0 });
    for (const value of ['5', null]) expect(thrown(() => errno(value)).code).toBe('ERR_INVALID_ARG_TYPE');
  });
});

describe('strerror', () => {
  it("is the system's text", () => {
    expect(strerror(ENOENT)).toBe('No such file or directory');
    expect(strerror(123456)).toMatch(isMusl ? 'No error information' : /123456/);
  });

  it('refuses what is no errno', () => {
    for (const value of [undefined, '2', {}])
      expect(thrown(() => strerror(value))).toMatchObject({
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: 'strerror',
        argument: 0,
      });
    expect(thrown(() => strerror(2.5)).code).toBe('ERR_OUT_OF_RANGE');
  });
});
