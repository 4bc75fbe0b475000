import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { require } from './open.mjs';

const read = (file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const { codes } = require('../lib/binding.js');

describe('docs/errors.md', () => {
  it('has every error code with its class, and no other', () => {
    const rows = [...read('docs/errors.md').matchAll(/^\| `(ERR_\w+)` +\| (\w+) +\|/gm)].map(([, code, name]) => ({
      code,
      class: name,
    }));
    expect(rows).toEqual(codes());
  });
});

describe('the README', () => {
  it('begins with the program of examples/hello.mjs', () => {
    const [, block] = read('README.md').match(/## A first program\s+```js\n([\s\S]*?)```/);
    const [, program] = read('examples/hello.mjs').match(/^\/\/.*\n([\s\S]*)$/);
    expect(block).toBe(program);
  });
});

describe('every error code', () => {
  it('is in a test', () => {
    const names = [
      '02-types',
      '03-values',
      '04-strings',
      '05-pointers',
      '06-libraries',
      '07-addresses',
      '08-memory',
      '10-bridge',
      '11-calls',
      '31-callback-errors',
      '32-callback-threads',
      '51-blocks',
      '54-handles',
      '57-block-contents',
      '64-guards',
      '81-c-declarations',
      '82-cdef',
      '100-isolate-limits',
      '106-isolate-faults',
      '133-leaves',
    ];
    const tests = names.map((name) => read(`__test__/${name}.test.mjs`)).join('\n');
    // The host has to fail for this one.
    const untestable = ['ERR_CALL_FAILED'];
    const missing = codes()
      .map((row) => row.code)
      .filter((code) => !tests.includes(code) && !untestable.includes(code));
    expect(missing).toEqual([]);
  });
});
