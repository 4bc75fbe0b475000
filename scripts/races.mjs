// npm run test:races: what can go wrong once in many times. The tests with threads, again and again (200
// times, `-- --times 5` for fewer), and the Rust half under ThreadSanitizer, where a nightly toolchain with
// its own sources is installed.
import { parseArgs } from 'node:util';
import { announce, attempt, buildAddon, installPackages, run, runTests } from './steps.mjs';

const { values } = parseArgs({ options: { times: { type: 'string', default: '200' } } });
const times = Number(values.times);

installPackages();
buildAddon();
const files = ['__test__/26-async', '__test__/27-hostile-callbacks', '__test__/32-callback-threads'];
for (let time = 1; time <= times; time++) {
  announce(`tests with threads, ${time} of ${times}`);
  runTests({ files });
}

announce('calls from other threads, under ThreadSanitizer');
const machine = 'x86_64-unknown-linux-gnu';
const sources = attempt('rustc', ['+nightly', '--print', 'sysroot']);
const hasSources = sources.ok && attempt('ls', [`${sources.output.trim()}/lib/rustlib/src/rust/library`]).ok;
if (process.platform !== 'linux' || process.arch !== 'x64' || !hasSources) {
  console.log(`not run: it needs ${machine} and a nightly toolchain with the component rust-src`);
} else {
  // The standard library too: what it does with locks must be seen.
  const args = [
    '+nightly',
    'test',
    '-Zbuild-std',
    '--lib',
    '--target',
    machine,
    '--target-dir',
    'target/tsan',
    'callback',
  ];
  run('cargo', args, { env: { ...process.env, RUSTFLAGS: '-Zsanitizer=thread' } });
}
