// What cdef makes of a header: functions, types, constants and globals, bound when a program runs.
import { describe, expect, it } from 'vitest';
import path from 'node:path';
import { folder, header, open } from './declarations.mjs';
import { compile } from './fixtures/compile.mjs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { cdef, dlopen, CString } = arkffi;
const { symbols, types, constants } = open();

/** Whether there are strings that are freed when they are read. */
const canFree =
  typeof thrown(() => dlopen(null, { strdup: { args: ['cstring'], returns: { type: 'cstring', free: 'free' } } })) ===
  'string';

describe('functions of a header', () => {
  it('are called with what their types say', () => {
    expect(symbols.add(2, 3.9)).toBe(5);
    expect(symbols.add.name).toBe('add');
    expect(symbols.sum_of([1, 2, 3], 3)).toBe(6);
    expect(symbols.sum_bytes(new Uint8Array([1, 2]), 2)).toBe(3);
    expect(symbols.renamed(4)).toBe(5);
  });

  it('are the same each time, and have all names from the start', () => {
    expect(symbols.add).toBe(symbols.add);
    expect(Object.keys(symbols)).toContain('moved');
    expect('moved' in symbols).toBe(true);
  });

  it('take and give structs by value as objects', () => {
    expect(symbols.moved({ x: 1, y: 2 }, 1.5)).toEqual({ x: 2, y: 3.5 });
  });

  it('change what a pointer that is not const is given', () => {
    const place = { x: 1, y: 2 };
    symbols.move_by(place, 2);
    expect(place).toEqual({ x: 3, y: 4 });
  });

  it('take names of enumerations, and give numbers', () => {
    expect(symbols.next_color('RED')).toBe(5);
    expect(symbols.next_color(constants.GREEN)).toBe(constants.BLUE);
  });

  it('take text for char *, and give its address', () => {
    expect(symbols.text_length('four')).toBe(4);
    const address = symbols.greet('you');
    expect(new CString(address).toString()).toBe('Hello you');
    symbols.free_greeting(address);
  });

  it('give pointers to what nothing is known of, which no other pointer stands for', () => {
    const hidden = symbols.make_hidden(8);
    expect(hidden.name).toBe('hidden');
    expect(symbols.hidden_value(hidden)).toBe(8);
    expect(thrown(() => symbols.hidden_value({ ptr: hidden.ptr }))).toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
      symbol: 'hidden_value',
      argument: 0,
    });
  });

  it('take plain functions', () => {
    const seen = [];
    const visitor = (context, value) => {
      seen.push(context);
      return value * 2;
    };
    expect(symbols.visit(3, visitor, null)).toBe(6);
    expect(symbols.visit_named(2, visitor, null)).toBe(2);
    expect(seen).toEqual([0, 0, 0, 0, 0]);
  });

  it('take records that refer to their own kind', () => {
    const node = (value, next) => ({ value, next, name: 'one', flag: 1, other: 2, whole: 3, text: 'ab' });
    expect(symbols.total(node(1, node(2, null)))).toBe(5);
  });

  it('check their arguments', () => {
    expect(thrown(() => symbols.add(1.5, 2))).toMatchObject({
      class: 'FFIRangeError',
      code: 'ERR_OUT_OF_RANGE',
      symbol: 'add',
      argument: 0,
    });
    expect(thrown(() => symbols.add(1))).toMatchObject({ code: 'ERR_MISSING_ARGS', symbol: 'add', argument: 1 });
  });

  it('are asynchronous, too', async () => {
    expect(await symbols.add.async(1, 2)).toBe(3);
  });

  it('of variable arguments take what is given with its type', () => {
    expect(symbols.counted(3, 1, 2, ['int', 3])).toBe(6);
  });
});

describe('what is declared and cannot be had', () => {
  const refusal = (name, code, text) => {
    expect(thrown(() => symbols[name](1, 2))).toMatchObject({ class: 'FFIError', code, symbol: name });
    expect(() => symbols[name]()).toThrow(text);
  };

  it('says why when it is called', async () => {
    refusal('summed', 'ERR_UNSUPPORTED_ARGS', /va_list/);
    refusal('long_one', 'ERR_UNSUPPORTED_ARGS', /long double/);
    refusal('static_one', 'ERR_UNSUPPORTED_ARGS', /static/);
    refusal('missing_one', 'ERR_DLSYM_FAILED', /missing_one/);
    await expect(symbols.summed.async(1)).rejects.toThrow(/va_list/);
    expect(() => symbols.summed.ptr).toThrow(/va_list/);
  });

  it('says why when a macro is no constant', () => {
    expect(thrown(() => constants.TWICE)).toMatchObject({ code: 'ERR_UNSUPPORTED_ARGS', symbol: 'TWICE' });
    expect(() => constants.NEVER).toThrow(/NEVER/);
    expect(constants.NOTHING).toBe(undefined);
  });

  it('says why when a declaration was bad, and the others are there', () => {
    const found = cdef(
      'int good(void);\nint bad(nonsense value);\nstruct worse { unknown x; };\nint fine(void);',
      null,
    );
    expect(Object.keys(found.symbols)).toContain('good');
    expect(Object.keys(found.symbols)).toContain('fine');
    expect(() => found.symbols.bad(1)).toThrow(/nonsense/);
    expect(() => found.types.worse).toThrow(/unknown/);
    expect(found.diagnostics[0]).toMatchObject({ severity: 'error', line: 2 });
    found.close();
  });
});

describe('types of a header', () => {
  it('are schemas', () => {
    expect(types.point.size).toBe(16);
    expect(types.point.fromPtr(types.point.create({ x: 1, y: 2 }))).toEqual({ x: 1, y: 2 });
    expect(types.node.fieldNames).toEqual(['value', 'next', 'name', 'flag', 'other', 'whole', 'part', 'text']);
    expect(types.tight.size).toBe(5);
  });

  it('have bytes for what arkffi has no type for', () => {
    expect(types.wide.size).toBe(32);
    expect(types.wide.fieldOffsets).toEqual([0, 16]);
  });

  it('say why where those bytes would stand alone, without the alignment of C', () => {
    const text = 'typedef __int128 I; typedef float _Complex F; typedef I A[2]; typedef A B;';
    const { types } = cdef(text);
    for (const name of ['I', 'F', 'A', 'B'])
      expect(thrown(() => types[name])).toMatchObject({ code: 'ERR_UNSUPPORTED_ARGS', symbol: name });
  });

  it('are enumerations, and callback types', () => {
    expect(types.color.values).toEqual({ RED: 0, GREEN: 5, BLUE: 6 });
    expect(types.level.values).toEqual({ LOW: -1, HIGH: 1 });
    expect(types.visitor.args).toEqual(['ptr', 'int']);
  });

  it('have a tag under its kind when a typedef has its name', () => {
    expect(types.same).toBe('int');
    expect(types['struct same'].fieldNames).toEqual(['tag']);
  });

  it('are the types of pointers where nothing is known', () => {
    expect(types.hidden.name).toBe('hidden');
    expect(types.hidden.at(0x10000).ptr).toBe(0x10000);
  });

  it('are there without a library', () => {
    const { types, symbols } = cdef('struct p { int x, y; }; int f(struct p);');
    expect(types.p.size).toBe(8);
    expect(thrown(() => symbols.f({})).message).toMatch(/no library was given/);
  });

  it('know the names of stdint and stddef without an #include', () => {
    const { types } = cdef('struct s { uint8_t a; size_t b; bool c; wchar_t d; };');
    expect(types.s.fieldTypes.length).toBe(4);
    expect(types.uint8_t).toBe('uint8_t');
  });
});

describe('constants of a header', () => {
  it('are numbers and strings, also those of enumerations', () => {
    expect(constants).toMatchObject({
      LIMIT: 42,
      BIG: 2n ** 64n - 1n,
      RATIO: 1.5,
      TITLE: 'a "title"',
      GREEN: 5,
      LOW: -1,
    });
    expect(constants.NOWHERE).toBe(2n ** 64n - 1n);
    expect(Object.keys(constants)).toContain('LIMIT');
  });
});

describe('globals of a header', () => {
  it('are read and written in place', () => {
    symbols.counter = 8;
    expect(symbols.counter).toBe(8);
    expect(open().symbols.counter).toBe(8);
    expect(symbols.origin.y).toBe(2.5);
    symbols.origin.x = 4;
    expect(symbols.origin.x).toBe(4);
    expect([...symbols.numbers]).toEqual([1, 2, 3]);
    symbols.numbers[1] = 20;
    expect(symbols.numbers[1]).toBe(20);
  });

  it('are not written when they are const', () => {
    expect(symbols.fixed).toBe(9);
    expect(() => {
      symbols.fixed = 1;
    }).toThrow();
    expect(symbols.fixed).toBe(9);
  });
});

describe('text that has to be freed', () => {
  it.skipIf(!canFree)('is copied, and freed by the function that is named', () => {
    const { symbols, close } = cdef(
      'char *greet(const char *name); void free_greeting(char *); extern int freed;',
      fixture('declarations'),
      { free: { greet: 'free_greeting' } },
    );
    const before = symbols.freed;
    expect(symbols.greet('you')).toBe('Hello you');
    expect(symbols.freed).toBe(before + 1);
    close();
  });

  it('is of functions that are declared', () => {
    expect(thrown(() => open({ free: { great: 'free_greeting' } }))).toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
      message: expect.stringContaining("did you mean 'greet'"),
    });
  });
});

describe('a header that cgo wrote', () => {
  it('is bound as it is, with what the library has to free', () => {
    const source = path.join(path.dirname(header), '../../examples/go-library');
    const library = path.join(folder, 'greet.so');
    compile(path.join(source, 'greet.c'), library);
    const free = canFree ? { free: { Greet: 'FreeString' } } : undefined;
    const { symbols, types, diagnostics, close } = cdef({ file: path.join(source, 'greet.h') }, library, free);
    expect(diagnostics).toEqual([]);
    expect(symbols.Add(2, 3)).toBe(5);
    expect(symbols.Divide(17, 5)).toEqual({ r0: 3, r1: 2 });
    expect(types.Divide_return.fieldNames).toEqual(['r0', 'r1']);
    if (canFree) expect(symbols.Greet('Gopher')).toContain('Gopher');
    close();
  });
});
