// Functions that call nothing are found by their machine code, and called as leaves are; those that may call back are not.
// What is said of single instructions is in src/leaf/, where disassemblers say it too.
import { beforeAll, describe, expect, test } from 'vitest';
import { sumOf } from './fast/briefs.mjs';
import { index, run } from './fast/run.mjs';
import { library } from './libraries.mjs';
import { arkffi, require } from './open.mjs';

const { CFunction, JSCallback, dlopen } = arkffi;
const isKnown = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
const isX64 = isKnown && process.arch === 'x64';

/** Functions that compilers make nothing of that calls, and nothing that waits. */
const briefs = `
  int add(int a, int b) { return a + b; }
  double half(double x) { return x / 2; }
  const char *name(void) { return "a name"; }
  int get(const int *place) { return *place; }
  int zero(int index) {
    static const int zeros[4];
    return index < 4 && index >= 0 ? zeros[index] : -1;
  }
  int signum(long long x) { return (x > 0) - (x < 0); }`;

/** Such as have loops, or use what belongs to their thread. */
const others = `
  unsigned sum(const volatile unsigned char *bytes, unsigned count) {
    unsigned sum = 0;
    for (unsigned i = 0; i < count; i++) sum += bytes[i];
    return sum;
  }
  int on_stack(int index) {
    volatile int places[40];
    for (int i = 0; i < 40; i++) places[i] = i * i;
    return places[index];
  }
  void put(int *place, int value) { *place = value; }
  int wait_for(const volatile int *place) {
    while (!*place);
    return *place;
  }
  ${sumOf}`;

/** Functions that call what they are given, in the ways there are. */
const callers = `
  #include <setjmp.h>
  typedef int (*Callback)(int);
  int call(Callback f, int x) { return f(x) + 1; }
  int call_last(Callback f, int x) { return f(x); }
  static Callback stored;
  int call_stored(Callback f, int x) { stored = f; return stored(x); }
  static __attribute__((noinline)) int inner(Callback f, int x) { return f(x) + 2; }
  int call_inside(Callback f, int x) { return inner(f, x) + 1; }
  int call_jump_inside(Callback f, int x) { return inner(f, x); }
  int call_exported(Callback f, int x) { return call(f, x) * 2; }
  int call_rarely(Callback f, int x) { return x == 7 ? f(x) : x; }
  int call_labels(Callback f, int x) {
    static const void *const labels[] = { &&first, &&second };
    goto *labels[x & 1];
    first: return f(x);
    second: return f(x) + 5;
  }
  int call_cases(Callback f, int x) {
    switch (x) {
      case 0: return 3; case 1: return f(x) * 3; case 2: return 8; case 3: return f(2) * 4; case 4: return 1;
      case 5: return f(9); case 6: return 44; case 7: return f(70); default: return x;
    }
  }
  static jmp_buf back;
  int call_and_come_back(Callback f, int x) {
    if (setjmp(back)) return 99;
    f(x);
    longjmp(back, 1);
  }`;

/** The same, as compilers do not do it: a return that calls, and another stack. */
const written = `
  typedef int (*Callback)(int);
  int call_by_return(Callback f, int x);
  __asm__(".globl call_by_return; call_by_return: sub $8, %rsp; lea 1f(%rip), %rax; push %rax; push %rdi; mov %esi, %edi; ret; 1: add $8, %rsp; ret");
  int call_on_other_stack(Callback f, int x);
  __asm__(".local other_room; .comm other_room, 1048576, 16; .globl call_on_other_stack; call_on_other_stack: push %rbx;"
    "mov %rsp, %rbx; mov %rdi, %rax; mov %esi, %edi; lea other_room+1048560(%rip), %rsp; push %rdx; lea 1f(%rip), %rdx;"
    "push %rdx; push %rax; ret; 1: mov %rbx, %rsp; pop %rbx; ret");
`;

/** What they give, if what they are given is `f`. */
const models = {
  call: (f, x) => f(x) + 1,
  call_last: (f, x) => f(x),
  call_stored: (f, x) => f(x),
  call_inside: (f, x) => f(x) + 3,
  call_jump_inside: (f, x) => f(x) + 2,
  call_exported: (f, x) => (f(x) + 1) * 2,
  call_rarely: (f, x) => (x === 7 ? f(x) : x),
  call_labels: (f, x) => f(x) + (x & 1 ? 5 : 0),
  call_cases: (f, x) => [3, f(x) * 3, 8, f(2) * 4, 1, f(9), 44, f(70)][x] ?? x,
  call_and_come_back: () => 99,
  ...(isX64 && { call_by_return: (f, x) => f(x) }),
};
const namesOf = (source) => [...source.matchAll(/^ {2}(?!static)[^\n(]*?(\w+)\([^\n]*\) \{/gm)].map(([, name]) => name);
const callersHere = isX64 ? `${callers}${written.replace(/typedef.*/, '')}` : callers;

/** What is found of the machine code at an address. */
const [CALLS, LEAF, BRIEF] = [0, 1, 2];
function found(address) {
  const { bindAddress } = require('../lib/bind.js');
  const { release } = require('../lib/bound.js');
  const { planSignature } = require('../lib/signature.js');
  const { number } = bindAddress(address, planSignature('looked at', [], 'void'), 'looked at');
  const leaf = require('../lib/binding.js').markLeaf(number, false);
  release(number);
  return leaf;
}

/** What other processors do by addresses that are computed, in a loop or a call. */
const near = `
  static int counter;
  int count_near(void) { return ++counter; }
  int count_shared(void) { return __atomic_add_fetch(&counter, 1, __ATOMIC_SEQ_CST); }`;

const flags = {
  '-O0': ['-O0'],
  '-O2': ['-O2'],
  '-O3': ['-O3'],
  'with frame pointers': ['-O1', '-fno-omit-frame-pointer'],
  ...(isX64 && {
    '-O3 for AVX2': ['-O3', '-march=x86-64-v3'],
    '-O3 for AVX-512': ['-O3', '-march=x86-64-v4'],
    'with retpolines': ['-O2', '-mindirect-branch=thunk', '-fcf-protection=none'],
  }),
};

describe.runIf(isKnown).each(Object.entries(flags))('C compiled with %s', (title, given) => {
  let opened;
  beforeAll(() => {
    const of = (source, name) =>
      dlopen(library(`lib${name}-${title.replaceAll(' ', '-')}.so`, source, [...given, '-fno-stack-protector']), {});
    opened = {
      briefs: of(briefs, 'briefs'),
      near: of(near, 'near'),
      others: of(others, 'others'),
      callers: of(callersHere, 'callers'),
    };
  });

  test.each(namesOf(briefs))('%s is found to be brief', (name) => {
    expect(found(opened.briefs.ptr(name))).toBe(BRIEF);
  });

  test.runIf(isX64).each(namesOf(near))('%s is found to be brief', (name) => {
    expect(found(opened.near.ptr(name))).toBe(BRIEF);
  });

  test.each(namesOf(others))('%s is found to call nothing', (name) => {
    expect(found(opened.others.ptr(name))).toBe(LEAF);
  });

  // JavaScript does not run on other stacks at all.
  test.each([...Object.keys(models), ...(isX64 ? ['call_on_other_stack'] : [])])('%s is not', (name) => {
    expect(found(opened.callers.ptr(name))).toBe(CALLS);
  });
});

test.runIf(isKnown)('what callers are given is run inside of them, and changes what it likes', () => {
  const file = library('libcalled.so', callersHere, ['-O2']);
  // In a process of its own, which would end if JavaScript ran inside of a leaf.
  const printed = run(
    [
      '-e',
      `const { dlopen, JSCallback } = require(${index});
    let runs = 0;
    let state = { kind: 1 };
    const f = (x) => x + 10;
    const callback = new JSCallback((x) => {
      if (++runs % 1000 === 0) state = runs % 2000 ? { other: 1, kind: 1.5 } : { kind: 1 };
      return f(x);
    }, { args: ['i32'], returns: 'i32' });
    const models = { ${Object.entries(models).map(([name, model]) => `${name}: ${model}`)} };
    for (const [name, model] of Object.entries(models)) {
      const { [name]: bound } = dlopen(${JSON.stringify(file)}, { [name]: { args: ['ptr', 'i32'], returns: 'i32' } }).symbols;
      const before = runs;
      let wrong = 0;
      for (let i = 0; i < 30000; i++) {
        const { kind } = state;
        const given = bound(callback.ptr, i & 15) + kind;
        if (given !== model(f, i & 15) + kind) wrong++;
      }
      if (wrong > 0 || runs === before) console.log(name, wrong, runs - before);
    }
    callback.close();
    console.log('done');`,
    ],
    { ARKFFI_LEAVES: undefined },
  );
  expect(printed).toBe('done\n');
});

test('the code of a callback is no leaf', () => {
  const twice = new JSCallback((x) => 2 * x, { args: ['i32'], returns: 'i32' });
  const bound = CFunction({ ptr: twice.ptr, args: ['i32'], returns: 'i32' });
  let wrong = 0;
  for (let index = 0; index < 30_000; index++) if (bound(index) !== 2 * index) wrong++;
  expect(wrong).toBe(0);
  bound.close();
  twice.close();
});
