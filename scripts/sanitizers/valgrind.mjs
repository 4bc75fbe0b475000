// npm run test:valgrind: programs and a part of the suite under valgrind's memcheck, with Node's interpreter alone,
// since memcheck cannot follow what the engine compiles. First it must find mistakes of C made on purpose.
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { announce, attempt, install, installPackages, run, runTests, targetFolder } from '../steps.mjs';
import { aptInstall, buildFaults, buildFixtures, exercise, fail, faults, stop, supp } from './tools.mjs';

const recipe = 'valgrind';

/** Test files that run; each takes half a minute. */
const CHOSEN = ['03-values', '25-callbacks'];

if (process.platform !== 'linux') stop(recipe, 'it needs Linux');
const has = () => attempt('valgrind', ['--version']).ok;
// The debugger's symbols of libc are needed for its checks of strings.
if (!has() && !(aptInstall('valgrind', 'libc6-dbg') && has())) stop(recipe, 'valgrind could not be installed');
installPackages();
await buildFixtures();

announce('building the addon with symbols');
run('cargo', ['build', '--lib']);
const folder = path.join(targetFolder, 'valgrind');
const addon = path.join(folder, 'arkffi.node');
install(path.join(targetFolder, 'debug', 'libarkffi.so'), addon);

const reports = path.join(folder, 'reports');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports);
const leaks = ['--leak-check=full', '--show-leak-kinds=definite', '--errors-for-leak-kinds=definite'];
const options = ['-q', '--error-exitcode=99', `--suppressions=${supp('valgrind.supp')}`];
const env = { ...process.env, ARKFFI_NATIVE: addon };
const under = (args, more = {}) =>
  attempt('valgrind', [...options, ...leaks, process.execPath, '--jitless', '--expose-gc', ...args], {
    env: { ...env, ...more },
  });

announce('mistakes made on purpose are found');
const faulty = buildFaults('valgrind');
const expected = {
  'write behind': 'Invalid write of size 1',
  'read freed': 'Invalid read of size 4',
  leak: '12,345 bytes',
};
for (const [name, words] of Object.entries(expected)) {
  const { ok, output } = under([faults, faulty, name]);
  if (ok || !output.includes(words)) fail(recipe, `'${name}' was not found`, output);
  console.log(`${name}: ${words}`);
}

announce('a program under valgrind');
for (const backend of ['trampoline', 'libffi']) {
  const { ok, output } = under([exercise, '2'], { ARKFFI_BACKEND: backend });
  if (!ok) fail(recipe, `a bit of everything failed (${backend})`, output);
  console.log(`a bit of everything (${backend}): no report, nothing leaked`);
}

announce('a part of the suite under valgrind');
const wrapper = path.join(folder, 'node.sh');
const log = `--log-file=${path.join(reports, '%p')}`;
const command = ['valgrind', ...options, log, process.execPath, '--jitless'].map((word) => `'${word}'`).join(' ');
writeFileSync(wrapper, `#!/bin/sh\nexec ${command} "$@"\n`);
chmodSync(wrapper, 0o755);
runTests({ files: CHOSEN, env: { ...env, ARKFFI_TEST_NODE: wrapper } });
const found = readdirSync(reports)
  .map((name) => readFileSync(path.join(reports, name), 'utf8'))
  .filter((text) => text !== '');
if (found.length > 0) fail(recipe, 'there are reports', found.join('\n'));
console.log('no reports');
