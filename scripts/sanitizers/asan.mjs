// npm run test:asan: the addon built with AddressSanitizer, under the suite, and LeakSanitizer under programs that
// must leave nothing. First both must find mistakes of C that were made on purpose.
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { announce, attempt, install, installPackages, run, runTests, targetFolder } from '../steps.mjs';
import { aptInstall, buildFaults, buildFixtures, exercise, fail, faults, machine, stop, supp } from './tools.mjs';

const recipe = 'AddressSanitizer';

/**
 * Test files that are left out: those that start processes for each case or compile thousands of functions, and one
 * that reads a variable of C as a larger one on purpose.
 */
const LEFT_OUT = ['hostile', 'oracle', 'documents', 'leaks', 'trace', 'finalizers', 'callback-threads', 'globals'];

function runtime() {
  const find = () => attempt('gcc', ['-print-file-name=libasan.so']).output.trim();
  if (!path.isAbsolute(find()) && !aptInstall('gcc')) stop(recipe, 'libasan could not be installed');
  const library = find();
  return path.isAbsolute(library) ? library : stop(recipe, 'gcc has no libasan');
}

if (process.platform !== 'linux' || process.arch !== 'x64') stop(recipe, `it needs ${machine}`);
if (!attempt('cargo', ['+nightly', '--version']).ok) stop(recipe, 'there is no nightly toolchain of Rust');
const library = runtime();
installPackages();
await buildFixtures();

announce('building the addon with AddressSanitizer');
// A target of its own, so that build scripts are built without. Assertions of the debug profile are wanted, but
// not its use of the stack.
const target = path.join(targetFolder, 'asan');
const cargo = ['+nightly', 'build', '--lib', '--target', machine, '--target-dir', target];
run('cargo', cargo, { env: { ...process.env, RUSTFLAGS: '-Zsanitizer=address', CARGO_PROFILE_DEV_OPT_LEVEL: '1' } });
const addon = path.join(target, 'arkffi.node');
install(path.join(target, machine, 'debug', 'libarkffi.so'), addon);

const reports = path.join(target, 'reports');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports);

function environment(options) {
  const all = ['allocator_may_return_null=1', `suppressions=${supp('asan.supp')}`, ...options];
  return {
    ...process.env,
    ARKFFI_NATIVE: addon,
    LD_PRELOAD: library,
    ASAN_OPTIONS: all.join(':'),
    LSAN_OPTIONS: `suppressions=${supp('lsan.supp')}:print_suppressions=0`,
  };
}
const leaking = environment(['detect_leaks=1']);

announce('mistakes made on purpose are found');
const faulty = buildFaults('asan', '-fsanitize=address');
const expected = { 'write behind': 'heap-buffer-overflow', 'read freed': 'heap-use-after-free', leak: '12345 byte(s)' };
for (const [name, words] of Object.entries(expected)) {
  const { ok, output } = attempt(process.execPath, [faults, faulty, name], { env: leaking });
  if (ok || !output.includes(words)) fail(recipe, `'${name}' was not found`, output);
  console.log(`${name}: ${words}`);
}

announce('programs under AddressSanitizer and LeakSanitizer');
for (const backend of ['trampoline', 'libffi']) {
  const env = { ...leaking, ARKFFI_BACKEND: backend };
  const { ok, output } = attempt(process.execPath, ['--expose-gc', exercise, '100'], { env });
  if (!ok) fail(recipe, `a bit of everything failed (${backend})`, output);
  console.log(`a bit of everything (${backend}): no report, nothing leaked`);
}

announce('the suite under AddressSanitizer');
const suite = environment(['detect_leaks=0', `log_path=${path.join(reports, 'report')}`]);
// From 80 on they are about texts, and start compilers; helper processes crash on purpose, and have little memory. The lives
// of libraries and the command line (63, 65) are in processes of their own too, and slow to start here.
const leftOut = [...LEFT_OUT.map((name) => `*${name}*`), '6[35]-*', '[89][0-9]-*', '1[0-9][0-9]-*'];
runTests({ leftOut, env: suite });
const written = readdirSync(reports).map((name) => readFileSync(path.join(reports, name), 'utf8'));
const found = written.filter((text) => text.includes('ERROR: AddressSanitizer'));
if (found.length > 0) fail(recipe, 'there are reports', found.join('\n'));
console.log('no reports');
