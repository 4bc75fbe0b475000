// npm run test:all: the whole suite again in every variant that this machine can run. What cannot run
// is said, with the reason.
import path from 'node:path';
import { announce, buildAddon, installPackages, root, run, runTests } from './steps.mjs';
import { calls, fastCalls } from './hosts/arm64.mjs';
import { fetchNode } from './hosts/packages.mjs';

// From 80 to 99 tests are about C declarations, documents and examples, from 112 to 129 about hosts and packages: one
// variant is enough for them. From 100 to 111 they are about helper processes: to how C is entered only what is called and
// lent makes one, to worker threads what does not run in processes of its own anyway. From 130 on they are about fast calls.
const texts = ['[89][0-9]-*', '11[2-9]-*', '12[0-9]-*'];
const slow = [...texts, '1[34][0-9]-*'];
// How libraries are found and looked into, by the command line too, is before any call. The entry into C knows nothing of
// traces (37), and of what keeps a library open (63).
const opening = '6[0-24-7]-*';
// Programs in processes of their own do not know of a worker thread that started them.
const apart = ['*hostile*', '37-*', '63-*', '130-*', '137-*', '146-*'];
// What is the same however C is entered.
const entered = [...slow, opening, '37-*', '63-*', '10[03-9]-*', '110-*'];
const variants = {
  'the libffi backend': { env: { ARKFFI_BACKEND: 'libffi' }, leftOut: entered },
  'no fast calls': { env: { ARKFFI_BACKEND: 'frame' }, leftOut: entered },
  'no code generation': {
    env: { ARKFFI_TEST_NO_CODEGEN: '1' },
    leftOut: [...slow, opening, '10[03-8]-*', '110-*'],
  },
  'worker threads, where leaves are declared': {
    env: { ARKFFI_TEST_POOL: 'threads', ARKFFI_LEAVES: 'declared' },
    leftOut: [...texts, ...apart, '10[04-8]-*'],
  },
};
// All of it has run on the Node that is here, and does on the newest, but for what a debugger does, which takes long. The others
// need no more of helper processes than what is called and lent, and nothing of how libraries are found. `npm run test:hosts`
// runs all of it everywhere.
const between = [...texts, opening, '10[03-8]-*', '110-*'];
const onNode = {
  20: { leftOut: between },
  22: { files: [...calls, ...fastCalls], leftOut: ['1[0-2][0-9]-*'] },
  24: { leftOut: between },
  26: { leftOut: ['146-*'] },
};

/** CI has only so many minutes, and not every machine is fast: what is least likely to find anything comes last. */
const until = Number(process.env.ARKFFI_TEST_UNTIL ?? Infinity) * 1000;

/** @param {string} name @param {() => void} begin */
function step(name, begin) {
  if (Date.now() > until) return console.log(`\nnot run, for want of time: ${name}`);
  announce(name);
  begin();
}

/** @param {keyof typeof variants} name */
const variant = (name) => step(`the suite with ${name}`, () => runTests(variants[name]));

/** @param {keyof typeof onNode} major */
function suiteOn(major) {
  if (process.version.startsWith(`v${major}.`)) return;
  step(`the suite on Node ${major}`, () => {
    const node = fetchNode(major);
    // There calls of functions that are not leaves are watched: so all are. Found leaves are called as elsewhere.
    const leaves = major === 24 ? { ARKFFI_LEAVES: 'declared' } : {};
    if (node) runTests({ env: { ARKFFI_TEST_NODE: node, ...leaves }, ...onNode[major] });
    else console.log(`not run: no package of Node ${major} for this machine could be had`);
  });
}

installPackages();
buildAddon();
variant('the libffi backend');
suiteOn(24);
step('emulated arm64', () => run(process.execPath, [path.join(root, 'scripts', 'test-arm64.mjs')]));
suiteOn(26);
variant('no code generation');
suiteOn(22);
suiteOn(20);
variant('worker threads, where leaves are declared');
variant('no fast calls');
