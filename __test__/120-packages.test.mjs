// What users install: the packages, and what is said when the addon is not there.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadedBy } from '../scripts/packages/at-once.mjs';
import { faults } from '../scripts/packages/inspect.mjs';
import { packAndInstall } from '../scripts/packages/install.mjs';
import { platformManifest, platforms, rootManifest, rootPackage } from '../scripts/packages/manifests.mjs';
import { sdkRecipe } from '../scripts/packages/sdks.mjs';
import { npmCommand, root } from '../scripts/steps.mjs';
import { flags, node } from './node.mjs';
import { require } from './open.mjs';

const addon = require('../lib/binding.js').file;
const { version } = rootPackage;
const folder = mkdtempSync(path.join(tmpdir(), 'arkffi-packages-'));
const installed = path.join(folder, 'installed');
const modules = path.join(installed, 'node_modules');

function run(command, args, { env, cwd = installed } = {}) {
  const options = { cwd, encoding: 'utf8', env: { ...process.env, ARKFFI_NATIVE: '', ...env } };
  const { status, stdout, stderr } = spawnSync(command, args, options);
  return status === 0 ? stdout : `status ${status}: ${stdout}${stderr}`;
}
const program = (source, options) => run(node, [...flags, '--input-type=commonjs', '-e', source], options);
const manifest = (name) => JSON.parse(readFileSync(path.join(modules, name, 'package.json'), 'utf8'));

let tarballs;
let platform;
beforeAll(() => {
  ({ platform, tarballs } = packAndInstall(addon, folder));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packages, installed in an empty folder', () => {
  it('need no Rust and no script, and nothing but each other', () => {
    expect(Object.keys(JSON.parse(readFileSync(path.join(modules, '.package-lock.json'), 'utf8')).packages)).toEqual([
      'node_modules/arkffi',
      `node_modules/arkffi-${platform}`,
    ]);
    const { scripts, devDependencies, dependencies, optionalDependencies } = manifest('arkffi');
    expect([scripts, devDependencies, dependencies]).toEqual([undefined, undefined, undefined]);
    expect(optionalDependencies).toEqual({ [`arkffi-${platform}`]: version });
    expect(manifest(`arkffi-${platform}`)).toEqual(platformManifest(platform));
  });

  it('work with require and with import, and the addon is the package of the platform', () => {
    const calls = 'symbols.abs(-42)';
    const opened = "dlopen(null, { abs: { args: ['int'], returns: 'int' } })";
    expect(program(`const { symbols } = require('arkffi').${opened}; console.log(${calls});`)).toBe('42\n');
    const file = path.join(installed, 'program.mjs');
    writeFileSync(file, `import { dlopen } from 'arkffi'; const { symbols } = ${opened}; console.log(${calls});`);
    expect(run(node, [...flags, file])).toBe('42\n');
    const names = "['arkffi/std-ffi', 'arkffi/handles', 'arkffi/package.json']";
    expect(program(`console.log(${names}.every((name) => typeof require(name) === 'object'))`)).toBe('true\n');
    const doctor = JSON.parse(run('npx', ['--offline', 'arkffi', 'doctor', '--json']));
    expect(doctor.addon).toContain(path.join(modules, `arkffi-${platform}`, `arkffi.${platform}.node`));
  });

  it('have types for a TypeScript program, which compiles and runs', () => {
    const source = `
      import { dlopen, JSCallback } from 'arkffi';
      const { symbols } = dlopen(null, {
        strlen: { args: ['cstring'], returns: 'size_t' },
        llabs: { args: ['i64'], returns: 'i64' },
      } as const);
      const length: number | bigint = symbols.strlen('Grüße');
      // @ts-expect-error a boolean is not a string
      const wrong = () => symbols.strlen(true);
      const callback = new JSCallback((x: number) => x + 1, { args: ['int'], returns: 'int' } as const);
      console.log(length, symbols.llabs(-5), callback.call(1), typeof wrong);
      callback.close();
      declare const console: { log(...values: unknown[]): void };`;
    writeFileSync(path.join(installed, 'program.mts'), source);
    const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const compilerOptions = { strict: true, module: 'nodenext', target: 'es2022', types: [], outDir: 'built' };
    writeFileSync(path.join(installed, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.mts'] }));
    expect(run(process.execPath, [tsc])).toBe('');
    expect(run(node, [...flags, path.join('built', 'program.mjs')])).toMatch(/^7n? -?5n? 2 function\n$/);
  });

  it('have the modules that are loaded at once in one file, and only those', () => {
    const loaded = `require(${JSON.stringify(root)}); console.log(JSON.stringify(Object.keys(require.cache)))`;
    const inLib = JSON.parse(program(loaded)).filter((file) => file.startsWith(path.join(root, 'lib') + path.sep));
    expect(loadedBy(path.join(root, 'index.js')).sort()).toEqual(inLib.sort());
  });

  it('share the modules of that file with those that are loaded later', () => {
    const source = `
      const { dlopen, Struct, FFITypeError } = require('arkffi');
      const caught = (f) => { try { f(); } catch (error) { return error; } };
      const [early, late] = [caught(() => dlopen(1, {})), caught(() => Struct({ x: 'no such type' }))];
      console.log(early.stack.includes('at-once.js'), early instanceof FFITypeError, late instanceof FFITypeError);`;
    expect(program(source)).toBe('true true true\n');
  });

  it('read no other file for that, nor for the first dlopen', () => {
    const source = `
      const { _extensions } = require('node:module');
      const read = [];
      const reader = _extensions['.js'];
      _extensions['.js'] = (module, file) => (read.push(require('node:path').basename(file)), reader(module, file));
      const { symbols } = require('arkffi').dlopen(null, { llabs: { args: ['i64'], returns: 'i64' } });
      console.log(symbols.llabs(-5), read.join());`;
    expect(program(source)).toBe('5 index.js,at-once.js\n');
  });

  it('read one file more for `import`, which asks for all that is exported', () => {
    const source = `
      const stackOf = (f) => { try { f(); } catch (error) { return error.stack; } };
      const wrong = (Struct) => stackOf(() => Struct({ x: 'no such type' })).includes('deferred-modules.js');
      import('arkffi').then((imported) => {
        const required = require('arkffi');
        const names = Object.keys(required);
        console.log(wrong(imported.Struct), names.filter((name) => imported[name] !== required[name]).join());
      });`;
    expect(program(source)).toBe('true \n');
    const required = `require.cache.program = module; const { Struct } = require('arkffi');`;
    expect(program(`${required} ${source}`)).toBe('false \n');
  });

  it('read their files one by one where modules are not those of Node', () => {
    const file = path.join(modules, 'arkffi', 'lib', 'at-once.js');
    const source = `
      const text = require('fs').readFileSync(${JSON.stringify(file)}, 'utf8');
      new Function('module', 'require', '__dirname', text)({}, require, ${JSON.stringify(path.dirname(file))});
      console.log(Object.keys(require.cache).length);`;
    expect(program(source)).toBe('0\n');
  });

  it('have only what users need', () => {
    const unexpected = run('tar', ['tzf', tarballs[0]])
      .split('\n')
      .filter(
        (file) =>
          !/^package\/(lib\/.*\.(js|json|d\.ts)|docs\/.*\.md|bin\/arkffi\.cjs|index\.js|[a-z-]+\.d\.ts)$/.test(file),
      );
    expect(unexpected.filter(Boolean).sort()).toEqual([
      'package/CHANGELOG.md',
      'package/LICENSE',
      'package/README.md',
      'package/package.json',
      'package/scripts/sanitizers/asan.supp',
      'package/scripts/sanitizers/lsan.supp',
      'package/scripts/sanitizers/valgrind.supp',
    ]);
  });
});

describe('where the addon is looked for', () => {
  const failing = (env = {}, source = "require('arkffi')") =>
    JSON.parse(program(`try { ${source} } catch (error) { console.log(JSON.stringify({ ...error, text: error.message })); }`, { env })); // prettier-ignore
  const copy = path.join(folder, 'copy');

  it('ARKFFI_NATIVE names it, and nothing else is tried', () => {
    const elsewhere = path.join(folder, 'elsewhere.node');
    cpSync(addon, elsewhere);
    const print = "require('arkffi'); console.log(require('fs').readFileSync('/proc/self/maps', 'utf8'))";
    if (process.platform === 'linux') {
      const loaded = program(print, { env: { ARKFFI_NATIVE: elsewhere } }).match(/\S*\/[^/\s]+\.node$/gm);
      expect([...new Set(loaded)]).toEqual([elsewhere]);
    }
    const missing = failing({ ARKFFI_NATIVE: '/no/such.node' });
    expect(missing.code).toBe('ERR_DLOPEN_FAILED');
    expect(missing.text.split('\n')).toEqual([
      `arkffi has no native addon for ${process.platform}-${process.arch} here. Tried:`,
      '  /no/such.node: it is not there',
      'ARKFFI_NATIVE says where it is: set it to the path of the addon, or to nothing',
    ]);
    const broken = path.join(folder, 'broken.node');
    writeFileSync(broken, 'not an addon');
    expect(failing({ ARKFFI_NATIVE: broken }).text).toMatch(/broken\.node: (?!it is not there).*\n/);
  });

  it('no addon: what was tried, and what to install', () => {
    mkdirSync(path.join(copy, 'node_modules'), { recursive: true });
    cpSync(path.join(modules, 'arkffi'), path.join(copy, 'node_modules', 'arkffi'), { recursive: true });
    const { code, text } = JSON.parse(
      program(`try { require('arkffi') } catch (error) { console.log(JSON.stringify({ ...error, text: error.message })); }`, { cwd: copy }), // prettier-ignore
    );
    expect(code).toBe('ERR_DLOPEN_FAILED');
    expect(text).toContain(`\n  arkffi-${platform}: it is not there\n`);
    expect(text).toContain(`Install arkffi-${platform}@${version}`);
  });

  it('an addon of another version, or one that is not of arkffi, is refused', () => {
    const fake = path.join(folder, 'fake.js');
    writeFileSync(fake, "exports.VERSION = '0.0.9';");
    expect(failing({ ARKFFI_NATIVE: fake }).text).toContain(`it is of arkffi 0.0.9, and this is ${version}`);
    writeFileSync(fake, 'exports.nothing = 0;');
    expect(failing({ ARKFFI_NATIVE: fake }).text).toContain('it is not an addon of arkffi');
  });

  it('a platform that there is no package for is told so', () => {
    const source = "Object.defineProperty(process, 'platform', { value: 'freebsd' }); require('arkffi')";
    expect(failing({}, source).text).toMatch(/arkffi-freebsd-\w+: it is not there\nThere is no package for this/);
  });

  it('a file that may not be read is told with what the system says', () => {
    const locked = path.join(folder, 'locked.node');
    writeFileSync(locked, '');
    chmodSync(locked, 0);
    expect(failing({ ARKFFI_NATIVE: locked }).text).toMatch(/locked\.node: (?!it is not there)\S.*\n/);
  });
});

describe('a release', () => {
  it('has packages that say which repository of GitHub they are built in, as a provenance does', () => {
    const environment = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'someone/arkffi' };
    const repository = { type: 'git', url: 'git+https://github.com/someone/arkffi.git' };
    expect(rootManifest([], environment).repository).toEqual(repository);
    expect(platformManifest('linux-x64-gnu', environment).repository).toEqual(repository);
    expect(rootManifest([], {})).not.toHaveProperty('repository');
  });

  it('starts npm without a shell on Windows too', () => {
    const cli = 'C:\\node\\node_modules\\npm\\bin\\npm-cli.js';
    const windows = (env) => npmCommand({ platform: 'win32', env, node: 'C:\\node\\node.exe' });
    expect(windows({})).toEqual(['C:\\node\\node.exe', cli]);
    expect(windows({ npm_execpath: 'D:\\npm\\bin\\npm-cli.js' })).toEqual(['C:\\node\\node.exe', 'D:\\npm\\bin\\npm-cli.js']); // prettier-ignore
    expect(windows({ npm_execpath: 'D:\\yarn\\yarn.js' })).toEqual(['C:\\node\\node.exe', cli]);
    expect(npmCommand({ platform: 'linux', env: {} })).toEqual(['npm']);
  });

  it('is built for Android with the compiler of its NDK, and says when that is missing', () => {
    const android = platforms['android-arm64'];
    expect(sdkRecipe(android, {}).reason).toContain('ANDROID_NDK_HOME or ANDROID_NDK_LATEST_HOME');
    const ndk = path.join(folder, 'ndk');
    expect(sdkRecipe(android, { ANDROID_NDK_HOME: ndk }).reason).toMatch(/^there is no .*clang$/);
    const bin = path.join(ndk, 'toolchains/llvm/prebuilt/linux-x86_64/bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, 'clang'), '');
    const { env } = sdkRecipe(android, { ANDROID_NDK_LATEST_HOME: ndk });
    expect(env.CC_aarch64_linux_android).toBe(path.join(bin, 'clang'));
    expect(env.CFLAGS_aarch64_linux_android).toBe('--target=aarch64-linux-android24');
    expect(env.RUSTFLAGS).toBe(`-C linker=${bin}/clang -C link-arg=--target=aarch64-linux-android24`);
  });

  it('has one version', () => {
    expect(require('../lib/binding.js').VERSION).toBe(version);
    const cargo = readFileSync(path.join(root, 'Cargo.toml'), 'utf8');
    expect(/^version = "(.*)"$/m.exec(cargo)[1]).toBe(version);
    expect(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).version).toBe(version);
  });

  it('has a package of its own for each platform', () => {
    for (const [name, { os, cpu }] of Object.entries(platforms)) {
      expect(name).toMatch(new RegExp(`^${os}-${cpu}(-|$)`));
      expect(platformManifest(name)).toMatchObject({ name: `arkffi-${name}`, version, os: [os], cpu: [cpu] });
    }
  });

  it.runIf(process.platform === 'linux')('has an addon that is small, stripped, and needs only the system', () => {
    // What glibc this one needs is the machine's; pack:all looks at that of those to be published.
    expect(faults(addon, 'linux').filter((fault) => !fault.includes('glibc'))).toEqual([]);
  });

  const written = (name, bytes) => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };

  it('has no addon above two million bytes, for no system', () => {
    const file = written('large.node', Buffer.alloc(2_000_001));
    for (const os of ['android', 'openharmony']) {
      expect(faults(file, os)).toEqual(['it has 2000001 bytes, more than 2000000']);
    }
  });

  it('has addons for macOS that are signed, and have no symbols of their own', () => {
    const [ARM64, X64] = [0x0100000c, 0x01000007];
    const image = ({ processor, names, type, signed }) => {
      const table = Buffer.from(`\0${names.join('\0')}\0`);
      const words = (...values) => Buffer.from(Uint32Array.from(values).buffer);
      const symbolsAt = 32 + 24 + 16;
      const stringsAt = symbolsAt + 16 * names.length;
      let at = 1;
      const symbols = names.map((name) => {
        const symbol = words(at, type, 0, 0);
        at += name.length + 1;
        return symbol;
      });
      return Buffer.concat([
        words(0xfeedfacf, processor, 0, 6, 2, 40, 0, 0),
        words(0x2, 24, symbolsAt, names.length, stringsAt, table.length),
        words(signed ? 0x1d : 0x26, 16, stringsAt + table.length, 0),
        ...symbols,
        table,
      ]);
    };
    const of = (parts) =>
      faults(written('macos.node', image({ processor: ARM64, type: 0x0e, signed: true, ...parts })), 'darwin');
    const own = ['_abort', '__RNvCs_3std4main'];
    expect(of({ names: [] })).toEqual([]);
    expect(of({ names: ['_abort', '__RNvCs_3std4main__thunk'] })).toEqual([]);
    expect(of({ names: own, type: 0x0f })).toEqual([]);
    expect(of({ names: own })).toEqual(['it is not stripped']);
    expect(of({ names: [], signed: false })).toEqual(['it is not signed']);
    expect(of({ names: [], signed: false, processor: X64 })).toEqual([]);
  });

  it('has addons for Windows without a table of symbols', () => {
    const image = Buffer.alloc(256);
    image.writeUInt32LE(128, 0x3c);
    expect(faults(written('windows.node', image), 'win32')).toEqual(['it is no library of Windows']);
    image.write('PE\0\0', 128);
    expect(faults(written('windows.node', image), 'win32')).toEqual([]);
    image.writeUInt32LE(200, 128 + 12);
    expect(faults(written('windows.node', image), 'win32')).toEqual(['it is not stripped']);
  });
});
