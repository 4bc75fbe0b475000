// npm test: sets everything up, then runs the Rust tests, the suite on Node, and the lints. Arguments go
// to vitest: npm test -- 05-pointers
import { announce, buildAddon, installPackages, run } from './steps.mjs';

const chosen = process.argv.slice(2);
installPackages();
buildAddon();
if (chosen.length === 0) {
  announce('cargo test');
  run('cargo', ['test', '--quiet', '--lib']);
}
announce('vitest');
run('npx', ['vitest', 'run', ...chosen]);
if (chosen.length === 0) run(process.execPath, ['scripts/lint.mjs']);
