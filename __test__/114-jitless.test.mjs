// Without machine code of the engine: --jitless, in a process of its own.
import { expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { fixture } from './fixtures/paths.mjs';
import { flags, node } from './node.mjs';
import { require } from './open.mjs';

it('calls, callbacks, records and refusals are right under --jitless', () => {
  const program = `
    const { dlopen, JSCallback, Struct } = require(${JSON.stringify(require.resolve('../index.js'))});
    const { symbols } = dlopen(${JSON.stringify(fixture('basics'))}, {
      add: { args: ['i32', 'i32'], returns: 'i32' }, apply: { args: ['function', 'i32'], returns: 'i32' },
      echo: { args: ['cstring'], returns: 'cstring' },
    });
    const Division = Struct({ quot: 'int', rem: 'int' });
    const { div } = dlopen(null, { div: { args: ['int', 'int'], returns: Division.object } }).symbols;
    const twice = new JSCallback((n) => n * 2, { args: ['i32'], returns: 'i32' });
    let sum = 0;
    for (let i = 0; i < 20_000; i++) sum += symbols.add(i, -1) + symbols.apply(twice, i) + div(i, 7).rem;
    let refused = 0;
    for (const wrong of [1.5, 2 ** 31, '1', undefined, NaN]) try { symbols.add(1, wrong); } catch (error) { refused += error.argument; }
    console.log(sum, symbols.echo('Grüße'), refused);`;
  const { stdout, stderr } = spawnSync(node, [...flags, '--jitless', '-e', program], { encoding: 'utf8' });
  let sum = 0;
  for (let i = 0; i < 20_000; i++) sum += i - 1 + (i * 2 + 7) + (i % 7);
  expect(stdout.trim() || stderr).toBe(`${sum} Grüße 5`);
});
