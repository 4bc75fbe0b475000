// npm run lint: formatting, clippy, types, and generated files, none of which changes anything.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { announce, attempt, installPackages, root, run } from './steps.mjs';

installPackages();
announce('rustfmt and clippy');
run('cargo', ['fmt', '--check']);
run('cargo', ['clippy', '--all-targets', '--quiet', '--', '-D', 'warnings']);
announce('prettier and TypeScript');
run('npx', ['prettier', '--check', '--log-level', 'warn', '.']);
run('npx', ['tsc', '-p', '.']);
run('npx', ['tsc', '-p', '__test__/types']);
run('npx', ['tsc', '-p', '__test__/types/tsconfig.node.json']);

announce('generated files');
const generated = [
  { file: 'lib/marshal.generated.js', from: 'lib/emitters.js', script: 'scripts/generate-marshal.mjs' },
  { file: 'docs/errors.md', from: 'src/error.rs', script: 'scripts/generate-errors.mjs' },
  { file: 'docs/performance.md', from: 'bench/results', script: 'scripts/generate-performance.mjs' },
  { file: 'README.md', from: 'bench/results', script: 'scripts/generate-performance.mjs' },
  { file: 'README.md', from: 'docs/hosts.json', script: 'scripts/generate-hosts.mjs' },
  { file: 'docs/hosts.md', from: 'docs/hosts.json', script: 'scripts/generate-hosts.mjs' },
];
for (const { file, from, script } of generated) {
  const before = readFileSync(path.join(root, file), 'utf8');
  run(process.execPath, [script]);
  if (readFileSync(path.join(root, file), 'utf8') !== before) {
    console.error(`${file} was not up to date with ${from}; it is now`);
    process.exit(1);
  }
  if (attempt('git', ['rev-parse', '--is-inside-work-tree']).ok)
    run('git', ['diff', '--exit-code', '--stat', '--', file]);
}
