// npm run test:all: the whole suite again in every variant that this machine can run. What cannot run
// is said, with the reason.
import path from 'node:path';
import { announce, buildAddon, installPackages, root, run, runTests } from './steps.mjs';
import { fetchNode } from './hosts/packages.mjs';

const variants = {
  'the libffi backend': { ARKFFI_BACKEND: 'libffi' },
  'no code generation': { ARKFFI_TEST_NO_CODEGEN: '1' },
  'worker threads': { ARKFFI_TEST_POOL: 'threads' },
};

// From 80 on tests are about C declarations, documents and examples, to which these variants make no difference.
const leftOut = ['[89][0-9]-*'];

installPackages();
buildAddon();
for (const [name, env] of Object.entries(variants)) {
  announce(`the suite with ${name}`);
  runTests({ leftOut, env });
}

for (const major of [20, 22, 24, 26].filter((version) => !process.version.startsWith(`v${version}.`))) {
  announce(`the suite on Node ${major}`);
  const node = fetchNode(major);
  if (node) runTests({ env: { ARKFFI_TEST_NODE: node } });
  else console.log(`not run: no package of Node ${major} for this machine could be had`);
}

run(process.execPath, [path.join(root, 'scripts', 'test-arm64.mjs')]);
