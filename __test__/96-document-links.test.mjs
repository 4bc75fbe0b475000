// Links of the documents lead somewhere, in the repository and in the site that npm run docs writes.
import { afterAll, describe, expect, it } from 'vitest';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { navigation, outlineOf, pagesOfSite, writeSite } from '../scripts/site.mjs';
import { root } from '../scripts/steps.mjs';

const documents = [...pagesOfSite().keys(), 'CONTRIBUTING.md', 'CHANGELOG.md'];
const outlines = new Map(documents.map((file) => [file, outlineOf(file)]));

/** What is wrong with a link. */
function fault({ href, file, anchor }) {
  if (!existsSync(path.join(root, file))) return `${href}: there is no ${file}`;
  if (anchor === '') return undefined;
  const outline = outlines.get(file);
  return outline?.anchors.has(anchor) ? undefined : `${href}: ${file} has no heading of that name`;
}

describe('the links', () => {
  it.each(documents)('of %s lead to files and headings', (file) => {
    expect(outlines.get(file).links.map(fault).filter(Boolean)).toEqual([]);
  });

  it('of the index lead to every page of docs', () => {
    const listed = navigation().flatMap(({ files }) => files);
    const pages = [...pagesOfSite().keys()].filter((file) => !file.endsWith('README.md'));
    expect(listed.sort()).toEqual(pages.sort());
  });
});

describe('the site', () => {
  // Where its links to files of the repository lead there.
  const folder = mkdtempSync(path.join(root, 'site-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  writeSite(folder);
  const pages = readdirSync(folder).filter((name) => name.endsWith('.html'));
  const html = new Map(pages.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));

  it('has a page for each document', () => {
    expect(pages.sort()).toEqual([...pagesOfSite().values()].sort());
  });

  it.each(pages)('has in %s only links that lead somewhere, and none to a network but in words', (name) => {
    const text = html.get(name);
    const wrong = [...text.matchAll(/ (?:href|src)="([^"]*)"/g)]
      .map(([, link]) => link)
      .filter((link) => !/^https?:/.test(link))
      .filter((link) => {
        const [place, anchor] = link.split('#');
        const target = place === '' ? name : decodeURIComponent(place);
        if (!existsSync(path.join(folder, target))) return true;
        return anchor !== undefined && !html.get(target)?.includes(` id="${anchor}"`);
      });
    expect(wrong).toEqual([]);
    expect(text).not.toMatch(/<(?:script|img|link)[^>]* (?:src|href)="https?:/);
  });

  it('shows no marker and no hidden block', () => {
    for (const text of html.values()) expect(text).not.toMatch(/<!--|hidden c/);
  });
});
