// npm run test:soak: helper processes under load, for some minutes, and every fault in every position.
import path from 'node:path';
import { announce, buildAddon, installPackages, root, run } from './steps.mjs';

installPackages();
buildAddon();
announce('every fault in every position');
run('npx', ['vitest', 'run', '--reporter=dot', '106-isolate-faults'], {
  env: { ...process.env, ARKFFI_TEST_SOAK: '1' },
});
announce('many calls, crashes and helpers');
const library = path.join(root, '__test__', '.build', process.arch, 'faults.so');
run(process.execPath, ['--expose-gc', '__test__/soak/run.mjs', library]);
