// npm run test:arm64: builds for arm64 Linux and runs the Rust tests and a part of the suite there, emulated by qemu. Says
// what it could not have.
import { announce, installPackages, runTests } from './steps.mjs';
import { calls, fastCalls, leftOutOnArm64 as leftOut, Missing, prepareArm64 } from './hosts/arm64.mjs';

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

// What depends on the processor: how C is called and calls. All else, also of the other versions of Node, is looked at by
// `npm run test:hosts`, which has more time.
announce('what calls and is called on emulated arm64, and fast calls');
runTests({ files: [...calls, ...fastCalls], leftOut, env: arm64.env });

announce('what calls and is called there, through libffi');
runTests({ files: calls, leftOut, env: { ...arm64.env, ARKFFI_BACKEND: 'libffi' } });
