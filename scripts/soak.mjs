// npm run test:soak: helper processes under load, for some minutes, and every fault in every position.
import path from 'node:path';
import { announce, buildAddon, installPackages, root, run, runTests } from './steps.mjs';

installPackages();
buildAddon();
announce('every fault in every position, and many messages that are none');
runTests({
  files: ['100-isolate-limits', '106-isolate-faults', '107-isolate-protocol'],
  env: { ARKFFI_TEST_SOAK: '1' },
});
announce('many calls, crashes and helpers');
const library = path.join(root, '__test__', '.build', process.arch, 'faults.so');
run(process.execPath, ['--expose-gc', '__test__/soak/run.mjs', library]);
