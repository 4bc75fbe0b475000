// What was skipped is named, and using it says why.
import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { cdef } = arkffi;
const library = fixture('declarations');

/** Expects reading a name to be refused with its name and a reason. */
function expectRefusal(object, name, reason) {
  const error = thrown(() => object[name]);
  expect(error).toMatchObject({ code: 'ERR_UNSUPPORTED_ARGS', symbol: name });
  expect(error.message).toMatch(reason);
}

describe('an enum that was skipped', () => {
  const text = 'enum Q { A = 4, B = foo, C }; struct R { enum Q q; }; int takes(enum Q q); enum S : bar { D } *s;';
  const { constants, types, symbols, diagnostics } = cdef(text, library);

  it('names its tag and its enumerators', () => {
    expect(diagnostics.map(({ names }) => names)).toEqual([
      ['enum Q', 'B', 'C'],
      ['s', 'enum S', 'D'],
    ]);
  });

  it('leaves the enumerators before the fault', () => {
    expect(constants.A).toBe(4);
    expect(Object.keys(constants)).toEqual(['A']);
  });

  it('says why its other enumerators, its tag and what is made of it cannot be had', () => {
    for (const name of ['B', 'C']) expectRefusal(constants, name, /'foo' is not known/);
    expectRefusal(constants, 'D', /a name is expected/);
    for (const name of ['Q', 'enum Q', 'R']) expectRefusal(types, name, /'foo' is not known/);
    for (const name of ['S', 'enum S']) expectRefusal(types, name, /a name is expected/);
    const error = thrown(() => symbols.takes(4));
    expect(error).toMatchObject({ code: 'ERR_UNSUPPORTED_ARGS', symbol: 'takes' });
    expect(error.message).toMatch(/'foo' is not known/);
  });

  it('leaves what was never declared undefined', () => {
    expect(constants.E).toBe(undefined);
    expect(types.T).toBe(undefined);
  });
});

it('records that were skipped say why by their tags, with and without the keyword', () => {
  const { types } = cdef('struct s { foo x; }; union u { foo x; }; int f(struct v { foo x; } *);');
  for (const name of ['s', 'struct s', 'u', 'union u', 'v', 'struct v'])
    expectRefusal(types, name, /unknown type 'foo'/);
});

describe('a text that is damaged', () => {
  it.each([
    ['a bracket', 'int lost(int;\nint add(int a, double b);', 'lost', /is expected, not ';'/],
    ['a brace', 'struct lost { int a;\nint add(int a, double b);', 'struct lost', /the field 'add' is a function/],
    ['a semicolon', 'foo lost(int)\nint add(int a, double b);', 'lost', /unknown type 'foo'/],
    ['the end of a comment', 'int add(int a, double b);\n/*\nint lost(int);', 'lost', /this comment does not end/],
    ['a condition', '#if 1 +\nint lost(int);\n#endif\nint add(int a, double b);', 'lost', /'#if' needs an expression/],
  ])('without %s loses no more than it must, and names that', (_, text, name, reason) => {
    const { symbols, types, diagnostics } = cdef(text, library);
    expect(symbols.add(1, 2.5)).toBe(3);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ severity: 'error', names: [name] });
    expect(diagnostics[0].text).toMatch(/^<text>:\d+:\d+: .*\n.*\n *\^$/);
    if (name.includes(' ')) expectRefusal(types, name, reason);
    else expect(thrown(() => symbols.lost(1))).toMatchObject({ code: 'ERR_UNSUPPORTED_ARGS', symbol: 'lost' });
    expect(thrown(() => cdef(text, library, { strict: true }))).toMatchObject({ code: 'ERR_C_SYNTAX', symbol: name });
  });

  it('is refused by strict for a quote without its partner', () => {
    for (const [text, what] of [
      ['char *s = "abc;\nint add(int a, double b);', 'string'],
      ["char c = 'a;\nint add(int a, double b);", 'character'],
    ]) {
      expect(cdef(text, library).symbols.add(1, 2)).toBe(3);
      const error = thrown(() => cdef(text, library, { strict: true }));
      expect(error).toMatchObject({ code: 'ERR_C_SYNTAX' });
      expect(error.message).toContain(`this ${what} does not end in its line`);
    }
  });
});

describe('declarations that contradict each other', () => {
  it.each([
    [
      'int add(int a, double b); int add(double a);',
      'add',
      /'add' is declared with another type before, at <text>:1:5/,
    ],
    ['extern int add; extern double add;', 'add', /'add' is declared with another type before/],
    ['typedef int t; typedef double t;', 't', /'t' is declared as another type before/],
    ['struct s { int a; }; struct s { double a; };', 'struct s', /'struct s' is declared otherwise before/],
    ['enum { A = 1 }; enum { A = 2 };', 'A', /'A' is declared with another value before/],
  ])('%s', (text, name, reason) => {
    const { diagnostics } = cdef(text, library);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ severity: 'error', names: [name] });
    expect(diagnostics[0].message).toMatch(reason);
    expect(thrown(() => cdef(text, library, { strict: true }))).toMatchObject({ code: 'ERR_C_SYNTAX', symbol: name });
  });

  it('leave the first', () => {
    const { symbols, types } = cdef(
      'int add(int a, double b); int add(double); struct s { int a; }; struct s { double a; };',
      library,
    );
    expect(symbols.add(1, 2)).toBe(3);
    expect(types.s.size).toBe(4);
  });

  it('are none where they only say more, or the same', () => {
    const text = 'int add(); int add(int a, double b); int add(const int a, double); typedef int t; typedef int t;';
    const { symbols, diagnostics } = cdef(text, library, { strict: true });
    expect(diagnostics).toEqual([]);
    expect(symbols.add(1, 2)).toBe(3);
  });
});

describe('constants', () => {
  it('are never a number that C does not promise', () => {
    for (const [value, reason] of [
      ['(long)1.9e19', /out of range for long/],
      ['2147483647 + 1', /out of range for int/],
      ['1 << 32', /a shift by 32 of a type of 32 bits/],
      ['(-2147483647 - 1) / -1', /out of range for int/],
      ['1 / 0', /division by zero/],
      ['(int)0.1L', /long double/],
      ['"\\xff"', /no text/],
    ]) {
      expectRefusal(cdef(`#define A ${value}\n`).constants, 'A', reason);
    }
  });

  it('of a macro win over the enumerator of its name', () => {
    const declared = (macro) => cdef(`enum { A = 1 };\n#define A ${macro}\n`).constants;
    expect(declared('2').A).toBe(2);
    expect(declared('A').A).toBe(1);
    expect(declared('(A + 1)').A).toBe(2);
    expectRefusal(declared(''), 'A', /it is empty/);
    expectRefusal(declared('f(1)'), 'A', /not a constant/);
  });
});

it('a function defined without types in its brackets takes promoted arguments', () => {
  const { symbols } = cdef('int add(a, b) int a; float b; { return a + b; }', library);
  expect(symbols.add(1, 2.5)).toBe(3);
});
