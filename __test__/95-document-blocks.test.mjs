// Every code block of README and docs runs, and what its comments say is so. documents/ has how.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { blocksOf } from './documents/blocks.mjs';
import { isAsClaimed, withClaims } from './documents/claims.mjs';
import { programsOf, runPage } from './documents/page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = ['README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, blocks: blocksOf(readFileSync(path.join(root, name), 'utf8')) }));

// Inside of the package, so that its programs find 'arkffi'.
mkdirSync(path.join(root, '__test__/.build'), { recursive: true });
const folder = mkdtempSync(path.join(root, '__test__/.build/documents-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const nameOf = (page, { line }) => `${page.replace(/\W/g, '-')}-${line}`;
let typeErrors;
beforeAll(() => {
  const files = pages.flatMap(({ name, blocks }) =>
    programsOf(blocks)
      .filter((block) => block.language === 'ts')
      .map((block) => {
        const file = path.join(folder, `${nameOf(name, block)}.mts`);
        writeFileSync(file, block.text);
        return file;
      }),
  );
  const compilerOptions = { strict: true, target: 'es2022', module: 'nodenext', types: ['node'], outDir: '.' };
  const lib = ['es2022', 'esnext.disposable', 'dom'];
  const config = {
    compilerOptions: { ...compilerOptions, lib, typeRoots: [path.join(root, 'node_modules/@types')] },
    files,
  };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
  typeErrors = spawnSync('npx', ['tsc', '-p', folder], { cwd: root, encoding: 'utf8' }).stdout;
});

describe('the code blocks of', () => {
  it.each(pages)('$name run, and do what their comments say', ({ name, blocks }) => {
    const compiled = (block) => readFileSync(path.join(folder, `${nameOf(name, block)}.mjs`), 'utf8');
    expect(runPage(blocks, path.join(folder, path.basename(name, '.md')), compiled)).toEqual([]);
  });

  it('all pages in TypeScript have the types that are said', () => {
    expect(typeErrors).toBe('');
  });
});

describe('a claim in a comment', () => {
  it('becomes part of the program', () => {
    const { program, printed } = withClaims(
      'const a = f(1); // → 2\n  g(); // throws ERR_X: no\nconsole.log(a); // 2 …',
    );
    expect(program).toBe(
      'const a = __value(f(1), "2");\n  __thrown(() => g(), "ERR_X", "no");\nconsole.log(a); // 2 …',
    );
    expect(printed).toEqual(['2 …']);
  });

  it('holds for texts that are the same but for what … stands for', () => {
    expect(isAsClaimed('a 1 b', 'a … b')).toBe(true);
    expect(isAsClaimed('a 1', 'a')).toBe(false);
    expect(isAsClaimed('[ 1,\n 2 ]', '[ 1, 2 ]')).toBe(true);
  });
});
