// A Go library that is shipped as one file for each platform, with the header that cgo wrote for it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPlatformLibrary, platform, Struct } from 'arkffi';

// What whoever ships the library does: build it, for this platform here, with Go or else a C compiler.
const source = fileURLToPath(new URL('go-library/', import.meta.url));
const directory = mkdtempSync(path.join(tmpdir(), 'greet-'));
const { os, arch, extension } = platform();
const file = path.join(directory, `greet-${os}-${arch}.${extension}`);
const builds = [
  ['go', 'build', '-buildmode=c-shared', '-o', file, 'greet.go'],
  ['cc', '-shared', '-fPIC', '-o', file, 'greet.c'],
];
const built = builds.find(([command, ...args]) => spawnSync(command, args, { cwd: source }).status === 0);
copyFileSync(path.join(source, 'greet.h'), path.join(directory, 'greet.h'));

if (built) {
  // What a program does that uses it.
  const Quotient = Struct({ quotient: 'i64', remainder: 'i64' });
  const library = loadPlatformLibrary(directory, 'greet', {
    header: 'greet.h',
    symbols: {
      Add: { args: ['i64', 'i64'], returns: 'i64' },
      Divide: { args: ['i64', 'i64'], returns: Quotient.object },
      // The library allocated the text, so the library frees it.
      Greet: { args: ['cstring'], returns: { type: 'cstring', free: 'FreeString' } },
    },
  });
  const { Add, Divide, Greet } = library.symbols;
  console.log(`built with ${built[0]}; 2 + 3 = ${Add(2, 3)}, 17 / 5 =`, Divide(17, 5));

  console.log(Greet('Gopher'));
  // A library of Go has threads of its own: it stays until the process ends.
} else console.log('neither Go nor a C compiler is here');
rmSync(directory, { recursive: true, force: true });
