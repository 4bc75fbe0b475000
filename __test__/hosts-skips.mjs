// Tests that a host other than Node cannot run, and why: what they rely on is the host's, not arkffi's. docs/hosts.md has
// the table of reasons, which `npm run test:hosts -- --write` makes of what was skipped.

const { bun, deno } = process.versions;

/** Whether the C library is musl: that of this process, or of the Node that test files run in. */
export const isMusl =
  process.platform === 'linux' &&
  !bun &&
  !deno &&
  (process.env.ARKFFI_TEST_LIBC === 'musl' ||
    /** @type {any} */ (process.report.getReport()).header.glibcVersionRuntime === undefined);

/** Which host this is. */
export const host = bun ? 'Bun' : deno ? 'Deno' : isMusl ? 'Node with musl' : 'Node';

const HELPERS = 'isolates are for Node';
const NO_DEBUGGER = 'programs have no debugger there that comes in between';
const AT_ONCE = 'only Node loads the file that has many modules';
const FOREIGN = 'what is installed on the machine is for glibc';
const STAYS = 'musl unloads no library: its destructors run at the end of the process';

const atOnce = [
  'share the modules of that file',
  'read no other file',
  'read one file more',
  'where modules are not those of Node',
];

/**
 * Tests by the reason. `file` is the beginning of a file's name; `tests`, where not all of its tests are meant, are parts of
 * their full names.
 * @type {Record<string, { reason: string, file: string, tests?: string[] }[]>}
 */
const skips = {
  Bun: [
    { reason: AT_ONCE, file: '120-', tests: atOnce },
    ...['100-', '101-', '102-', '103-', '106-', '107-', '108-', '109-', '110-', '111-'].map((file) => ({
      reason: HELPERS,
      file,
    })),
    { reason: HELPERS, file: '55-', tests: ['in a helper process'] },
    { reason: HELPERS, file: '95-', tests: ['docs/isolate.md'] },
    { reason: NO_DEBUGGER, file: '146-' },
    { reason: 'JavaScriptCore has one NaN, without payload', file: '03-', tests: ['keeps the payload of a NaN'] },
    {
      reason: 'strings of JavaScriptCore can be longer than the one of the test',
      file: '12-',
      tests: ['longer than a JavaScript string'],
    },
    {
      reason: 'they fill the four threads of Node’s pool; Bun’s has as many as there are processors',
      file: '26-',
      tests: ['an AbortSignal withdraws', 'an AbortSignal does nothing'],
    },
    { reason: 'it needs four threads in the pool', file: '32-', tests: ['runs on the JavaScript thread, and C waits'] },
    {
      reason: 'JavaScriptCore words stacks in another way',
      file: '36-',
      tests: ['stack', 'nothing of what the program has made of Error', 'one block for a place'],
    },
    {
      reason: 'Bun has no number for the memory that addons tell it of',
      file: '38-',
      tests: ['tells the engine the size'],
    },
    { reason: 'Bun knows no program of several lines as input', file: '54-', tests: ['as a module'] },
    {
      reason: 'the collector of JavaScriptCore takes what is on the stack for a reference',
      file: '63-',
      tests: ['and works until then'],
    },
    {
      reason: 'Bun drops ‘use strict’ from programs of the command line',
      file: '63-',
      tests: ['is an enumerable property of its own'],
    },
    {
      reason: 'JavaScriptCore words errors in another way',
      file: '27-',
      tests: [
        'errors in what results are made of',
        'functions of other contexts and of other kinds',
        'an abort signal that unloads a library whose destructor throws',
      ],
    },
    {
      reason: 'Bun ends without destructors and exit handlers of libraries',
      file: '27-',
      tests: [
        'a destructor that calls at the end of the process',
        'a destructor after process.exit',
        'an atexit handler that calls after process.exit',
        'the same where the exit event has no listeners any more',
        'the same where a listener of the exit event throws first',
        'the same with process.reallyExit',
        'the same with destructors and process.reallyExit',
      ],
    },
    {
      reason: 'C does not see what is set in Bun’s process.env',
      file: '27-',
      tests: ['a library that calls while it is loaded'],
    },
    { reason: 'Bun prints objects on several lines', file: '97-', tests: ['what the pages of ArkFFI show'] },
    {
      reason: 'Bun has no uv_run',
      file: '27-',
      tests: [
        'C that runs the event loop gets all calls',
        'callbacks around and inside of an event loop that C runs',
        'errors of callbacks while C runs the event loop',
      ],
    },
    {
      reason: 'terminate() of a worker settles in Bun before the worker has ended',
      file: '39-',
      tests: ['a call that is running on another thread'],
    },
    {
      reason: 'a pending exception is that of all addons in Bun: no other can call meanwhile',
      file: '27-',
      tests: ['after a throw another addon gets through'],
    },
    {
      reason: 'Bun goes on after an uncaught error while immediates are waiting',
      file: '27-',
      tests: ['an error that nobody handles ends the process'],
    },
  ],
  Deno: [
    { reason: AT_ONCE, file: '120-', tests: atOnce },
    ...['100-', '101-', '102-', '103-', '106-', '107-', '108-', '109-', '110-', '111-'].map((file) => ({
      reason: HELPERS,
      file,
    })),
    { reason: HELPERS, file: '55-', tests: ['in a helper process'] },
    { reason: HELPERS, file: '95-', tests: ['docs/isolate.md'] },
    { reason: NO_DEBUGGER, file: '146-' },
    {
      reason: 'in Deno the timeout of node:vm ends a program as a whole, or not inside of a callback',
      file: '12-',
      tests: ['calls that the engine terminates'],
    },
    {
      reason: 'in Deno the timeout of node:vm ends a program as a whole, or not inside of a callback',
      file: '27-',
      tests: ['a script that the engine stops inside a callback stops'],
    },
    { reason: 'workers of Deno have less stack', file: '27-', tests: ['calls nest 400 levels deep in a worker'] },
    {
      reason: 'process.exit in a worker of Deno does not stop its script',
      file: '27-',
      tests: ['process.exit inside of a callback ends a worker'],
    },
    {
      reason: 'Deno panics when handlers of its exit have been removed, and in process.reallyExit',
      file: '27-',
      tests: ['the same where the exit event has no listeners any more', 'the same with process.reallyExit'],
    },
    { reason: 'Deno words errors in another way', file: '27-', tests: ['an abort signal that unloads a library'] },
    {
      reason: 'Deno has no uv_run',
      file: '27-',
      tests: [
        'C that runs the event loop gets all calls',
        'callbacks around and inside of an event loop that C runs',
        'errors of callbacks while C runs the event loop',
      ],
    },
    {
      reason: 'it fills the four threads of Node’s pool; Deno’s has hundreds',
      file: '26-',
      tests: ['an AbortSignal withdraws'],
    },
    {
      reason: 'Deno runs no exit handlers after an uncaught exception',
      file: '36-',
      tests: ['prints after an uncaught exception'],
    },
    {
      reason: 'terminate() of a worker settles in Deno before the worker has ended',
      file: '39-',
      tests: ['of a worker, whether it ends', 'a call that is running on another thread'],
    },
    { reason: 'Deno knows no --input-type', file: '43-', tests: ['is the default export, a named one'] },
    { reason: 'Deno knows no --input-type', file: '54-', tests: ['as a module'] },
    {
      reason: 'V8 in Deno does not start in as little address space as the test leaves',
      file: '56-',
      tests: ['no memory at all'],
    },
    {
      reason: 'Deno keeps 1 KB for each object that FinalizationRegistry tells of',
      file: '63-',
      tests: ['resident memory is flat'],
    },
    {
      reason: 'Deno prints no code of an uncaught error',
      file: '75-',
      tests: ['is an error where the system forbids it'],
    },
    { reason: 'Deno’s constants of node:os lack SIGUNUSED', file: '93-', tests: ['every error and signal is there'] },
    {
      reason: 'what these pages have the shell run is for Node',
      file: '95-',
      tests: ['README.md', 'docs/c-declarations.md', 'docs/platform-libraries.md', 'docs/start.md'],
    },
    { reason: 'Deno knows no --no-addons', file: '98-', tests: ['addons may not be loaded'] },
  ],
  'Node with musl': [
    { reason: STAYS, file: '06-', tests: ['really unloaded'] },
    { reason: STAYS, file: '12-', tests: ['a destructor that gets back into JavaScript'] },
    {
      reason: STAYS,
      file: '27-',
      tests: [
        'a destructor that calls at dlclose',
        'a destructor that throws after an asynchronous call',
        'a destructor may close what is closing',
      ],
    },
    {
      reason: STAYS,
      file: '39-',
      tests: ['stays loaded until the last finalizer has run', 'unloaded when the last finalizer is taken back'],
    },
    {
      reason: STAYS,
      file: '63-',
      tests: [
        'is closed but not while',
        'is closed and works until then',
        'is closed only when its asynchronous calls',
        'is closed when it is closed and the call',
        'is closed as ever',
        'is closed where nobody found anything',
      ],
    },
    { reason: STAYS, file: '132-', tests: ['a destructor whose callback makes a call'] },
    {
      reason: 'only glibc tells which symbols are functions',
      file: '42-',
      tests: ['is to take a function for it, or it for a function'],
    },
    { reason: 'for musl a symbol at address 0 is none', file: '62-', tests: ['is there, at 0'] },
    { reason: 'all libraries of C are one file with musl', file: '64-', tests: ['that a bare name stands for'] },
    {
      reason: 'musl looks at no versions of symbols',
      file: '66-',
      tests: ['version of a symbol', 'glibc that is older'],
    },
    { reason: 'the tools that make bundles are installed for glibc', file: '116-' },
    { reason: FOREIGN, file: '80-', tests: ['zlib.h says', 'sqlite3.h says'] },
    { reason: FOREIGN, file: '84-', tests: ['is a module with which the example runs'] },
    { reason: FOREIGN, file: '97-', tests: ['the shell of SQLite', 'a picture is written'] },
    { reason: 'the built-in headers are like those of glibc', file: '93-', tests: ['of the built-in headers'] },
  ],
};

/** Tests that decide for themselves whether they run, and why they do not: for those whose names do not tell. */
const themselves = [
  { reason: 'it uses up processor time: npm run test:soak runs it', file: '100-', tests: ['of processor time'] },
  { reason: 'about other systems than Linux', file: '104-', tests: ['elsewhere than on Linux'] },
  { reason: 'there such a record is not passed on the stack', file: '15-', tests: ['where it is passed on the stack'] },
  { reason: 'there is no libcurl here', file: '40-', tests: ['set options of libcurl'] },
  { reason: 'about V8’s fast calls in Node', file: '134-', tests: ['calls that the engine compiles'] },
  { reason: 'about V8’s fast calls in Node', file: '134-', tests: ['when a debugger has calls made'] },
  { reason: 'about fast calls that are given what they keep', file: '134-', tests: ['temporary views are kept'] },
  { reason: 'about V8’s fast calls in Node', file: '135-', tests: ['only if they are leaves'] },
  { reason: 'about V8’s fast calls in Node', file: '136-', tests: ['strings that the engine passes'] },
  { reason: 'about V8’s fast calls in Node', file: '137-', tests: ['V8 13.6 leaves the code'] },
  { reason: 'about V8’s fast calls in Node', file: '140-', tests: ['a function that calls nothing is called'] },
  { reason: 'about V8’s fast calls in Node', file: '140-', tests: ['the engine has entries of their own'] },
  { reason: 'about V8’s fast calls in Node', file: '140-', tests: ['functions of the same types are all called fast'] },
  { reason: 'about Bun’s own FFI', file: '140-', tests: ['are called by the FFI of Bun'] },
  {
    reason: 'about Bun’s own FFI',
    file: '141-',
    tests: ['Bun itself is given them', 'of a WebAssembly.Memory is found'],
  },
  { reason: 'about Bun’s own FFI', file: '144-', tests: ['does to Buffer.prototype'] },
  { reason: 'about Deno’s permissions', file: '144-', tests: ['permission for the FFI is taken away'] },
  { reason: 'Bun makes all NaNs one', file: '144-', tests: ['the payload of a NaN'] },
  { reason: 'there are no fast calls', file: '145-', tests: ['functions of arkffi when they are many'] },
];

const isOf = (skip, file, test) =>
  file.startsWith(skip.file) && (skip.tests?.some((part) => test.includes(part)) ?? true);

/** Whether a host runs nothing of a file. @param {string} file its name @param {string} [on] */
export const isLeftOut = (file, on = host) =>
  skips[on]?.some((skip) => file.startsWith(skip.file) && skip.tests === undefined) ?? false;

/**
 * Why a test is not run on a host; undefined when it is.
 * @param {string} file the name of its file
 * @param {string} test its name, after the names of the groups that it is in
 * @param {string} [on]
 */
export const reasonToSkip = (file, test, on = host) => skips[on]?.find((skip) => isOf(skip, file, test))?.reason;

/** Why a test skips itself, of the same names; undefined when it is not known here. */
export const ownReasonToSkip = (file, test) => themselves.find((skip) => isOf(skip, file, test))?.reason;
