// npm run test:arm64: builds for arm64 Linux and runs the Rust tests and the suite there, emulated by qemu. Says what it
// could not have.
import { announce, installPackages, runTests } from './steps.mjs';
import { leftOutOnArm64 as leftOut, Missing, prepareArm64 } from './hosts/arm64.mjs';

installPackages();
let arm64;
try {
  arm64 = prepareArm64();
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.log(`arm64: not run: ${error.message}`);
  process.exit(0);
}

announce('the Rust tests on emulated arm64');
arm64.test();

// With libffi only what calls and is called.
const calls = ['03-', '04-', '11-', '15-', '20-', '22-', '25-', '28-', '40-'];
for (const [backend, files] of Object.entries({ trampoline: [], libffi: calls })) {
  announce(`the suite on emulated arm64 (${backend})`);
  runTests({ files, leftOut, env: { ...arm64.env, ARKFFI_BACKEND: backend } });
}

// Those of the other versions are looked at by `npm run test:hosts`, which has more time.
announce('fast calls on emulated arm64, Node 26');
runTests({ files: ['134-'], env: prepareArm64(26).env });
