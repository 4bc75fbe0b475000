// How much resident memory a piece of work keeps, measured in a process of its own: where test files are threads, that
// of this one is other files' too.
import { spawnSync } from 'node:child_process';
import { flags, node } from './node.mjs';
import { require } from './open.mjs';

/**
 * Bytes by which the process grows when it does the work again.
 * @param {string} prepare statements that have `arkffi`
 * @param {string} work statements, which may wait
 */
export function growth(prepare, work) {
  const program = `
    const arkffi = require(${JSON.stringify(require.resolve('../index.js'))});
    ${prepare}
    const work = async () => { ${work} };
    const used = async () => {
      for (let round = 0; round < 10; round++) {
        await new Promise((resolve) => setImmediate(resolve));
        gc();
      }
      return process.memoryUsage().rss;
    };
    (async () => {
      await work();
      const before = await used();
      await work();
      console.log((await used()) - before);
    })();`;
  const options = { encoding: 'utf8', timeout: 100_000 };
  const { status, stdout, stderr } = spawnSync(node, [...flags, '--expose-gc', '-e', program], options);
  if (status !== 0) throw new Error(`status ${status}: ${stderr.slice(-500)}`);
  return Number(stdout);
}
