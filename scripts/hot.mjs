// npm run test:hot -- --minutes 20 --seed 7: the random program of __test__/hot, in many processes one after the other,
// each under other flags of the engine. Ends with 1 at the first wrong result or crash, and says how to see it again.
//   --minutes <n>   all of it (1)
//   --seconds <n>   one process (20)
//   --seed <n>      of the first process; each takes the next (any)
//   --host <path>   another node, or bun, or deno; `bun` and `deno` alone are fetched, and so is `arm64` or `arm64-26`, a
//                   Node of that version, emulated
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepareArm64 } from './hosts/arm64.mjs';
import { hostCommand } from './hosts/command.mjs';
import { fetchOther } from './hosts/packages.mjs';
import { announce, buildAddon, installPackages, root } from './steps.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values } = parseArgs({
  options: {
    minutes: text('1'),
    seconds: text('20'),
    seed: text(String(Math.floor(Math.random() * 2 ** 30))),
    host: text(process.execPath),
  },
});
const [minutes, seconds, firstSeed] = [values.minutes, values.seconds, values.seed].map(Number);
const program = path.join(root, '__test__', 'hot', 'run.mjs');

/** Flags of V8 that change when code is optimized, thrown away, and moved. */
const engineFlags = [
  [],
  ['--invocation-count-for-turbofan=20', '--invocation-count-for-maglev=5'],
  ['--interrupt-budget=2000'],
  ['--random-gc-interval=3000'],
  ['--gc-interval=2000', '--stress-compaction'],
  ['--compact-on-every-full-gc'],
  ['--no-opt'],
  ['--no-maglev'],
  ['--always-sparkplug', '--no-lazy-feedback-allocation'],
  ['--always-osr'],
  ['--no-use-osr', '--stress-scavenge=50'],
  ['--deopt-every-n-times=50'],
  ['--stress-inline'],
  ['--stress-concurrent-inlining'],
  ['--single-threaded', '--max-semi-space-size=1'],
  ['--stress-marking=50', '--verify-heap'],
  ['--jitless'],
];

/** Variants of arkffi itself. */
const environments = [{}, {}, {}, { ARKFFI_BACKEND: 'frame' }, { ARKFFI_BACKEND: 'libffi' }];

/** @param {string} host @param {string[]} flags of V8 */
function command(host, flags) {
  // What tells the engine to optimize would end it where it cannot.
  const natives = flags.includes('--jitless') ? [] : ['--allow-natives-syntax'];
  const all = ['--expose-gc', ...natives, ...flags];
  return hostCommand(host, all);
}

/** Whether a host knows these flags. */
function knows(host, flags) {
  const [file, args] = command(host, flags);
  return spawnSync(file, [...args, path.join(root, '__test__', 'hot', 'nothing.mjs')]).status === 0;
}

installPackages();
buildAddon();
const arm64 = /^arm64(?:-(\d+))?$/.exec(values.host);
const emulated = arm64 ? prepareArm64(Number(arm64[1] ?? 24)).env : {};
const named = ['bun', 'deno'].includes(values.host) ? fetchOther(values.host) : values.host;
const host = emulated.ARKFFI_TEST_NODE ?? named;
if (!host) process.exit(1);
const known = engineFlags.filter((flags) => knows(host, flags));
const end = Date.now() + minutes * 60_000;
for (let number = 0; number === 0 || Date.now() < end; number++) {
  const flags = known[number % known.length];
  const environment = { ...emulated, ...environments[number % environments.length] };
  const seed = firstSeed + number;
  const [file, args] = command(host, flags);
  const left = Math.max(1, Math.ceil(Math.min(seconds, (end - Date.now()) / 1000)));
  const all = [...args, program, '--seed', String(seed), '--seconds', String(left)];
  const shown = [...Object.entries(environment).map((entry) => entry.join('=')), path.basename(file), ...all];
  announce(shown.join(' '));
  const { status, signal } = spawnSync(file, all, { stdio: 'inherit', env: { ...process.env, ...environment } });
  if (status === 0) continue;
  console.error(
    `\nended with ${signal ?? `status ${status}`}: the same again, with --trace for the round:\n${shown.join(' ')}`,
  );
  process.exit(1);
}
