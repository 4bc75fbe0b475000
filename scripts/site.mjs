// The documentation as a site of plain files: pages, their headings and links, and their HTML.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import GithubSlugger from 'github-slugger';
import { Marked } from 'marked';
import { root } from './steps.mjs';

const INDEX = 'docs/README.md';
const SPECIAL = { [INDEX]: 'index.html', 'README.md': 'overview.html' };

/** The pages, by their paths in the repository, and what they are called in the site. @returns {Map<string, string>} */
export function pagesOfSite() {
  const names = readdirSync(path.join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const files = ['README.md', ...names.map((name) => `docs/${name}`)];
  return new Map(files.map((file) => [file, SPECIAL[file] ?? `${path.basename(file, '.md')}.html`]));
}

const plainText = (tokens) =>
  tokens.map((token) => (token.tokens ? plainText(token.tokens) : (token.text ?? token.raw))).join('');

/** A link without its fragment, and the fragment. */
function divided(href) {
  const index = href.indexOf('#');
  return index < 0 ? [href, ''] : [href.slice(0, index), href.slice(index + 1)];
}

/** Whether a link leads out of the repository. */
const isAway = (href) => /^[a-z]+:/i.test(href);

/**
 * What a document says of itself: its title, the anchors of its headings, and its links within the repository.
 * @param {string} file in the repository
 * @returns {{ title: string, anchors: Set<string>, links: { href: string, file: string, anchor: string }[] }} `file` is what a
 *   link leads to, in the repository
 */
export function outlineOf(file) {
  const marked = new Marked();
  const tokens = marked.lexer(readFileSync(path.join(root, file), 'utf8'));
  const slugger = new GithubSlugger();
  const outline = { title: file, anchors: new Set(), links: [] };
  marked.walkTokens(tokens, (token) => {
    if (token.type === 'heading') {
      const text = plainText(token.tokens);
      if (token.depth === 1) outline.title = text;
      outline.anchors.add(slugger.slug(text));
    } else if ((token.type === 'link' || token.type === 'image') && !isAway(token.href)) {
      const [place, anchor] = divided(token.href);
      const target = place === '' ? file : path.posix.join(path.posix.dirname(file), place);
      outline.links.push({ href: token.href, file: target, anchor });
    }
  });
  return outline;
}

/** The groups of the index, which are the site's navigation. @returns {{ title: string, files: string[] }[]} */
export function navigation() {
  const groups = [];
  const tokens = new Marked().lexer(readFileSync(path.join(root, INDEX), 'utf8'));
  for (const token of tokens) {
    if (token.type === 'heading') groups.push({ title: token.depth === 1 ? '' : token.text, files: [] });
    else
      new Marked().walkTokens([token], (inner) => {
        if (inner.type !== 'link' || isAway(inner.href)) return;
        const file = path.posix.join('docs', divided(inner.href)[0]);
        if (pagesOfSite().has(file) && !groups.at(-1).files.includes(file)) groups.at(-1).files.push(file);
      });
  }
  return groups.filter(({ files }) => files.length > 0);
}

/** Where a link of a document leads in the site, which is a folder of the repository. */
function hrefInSite(href, file, pages) {
  if (isAway(href)) return href;
  const [place, anchor] = divided(href);
  if (place === '') return href;
  const target = path.posix.join(path.posix.dirname(file), place);
  return (pages.get(target) ?? `../${target}`) + (anchor && `#${anchor}`);
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function bodyOf(file, pages) {
  const slugger = new GithubSlugger();
  const renderer = {
    heading({ tokens, depth }) {
      const id = slugger.slug(plainText(tokens));
      return `<h${depth} id="${id}"><a href="#${id}">${this.parser.parseInline(tokens)}</a></h${depth}>\n`;
    },
    code({ text, lang = '' }) {
      const [language, ...words] = lang.split(' ');
      const file = words.find((word) => word.includes('.'));
      const caption = file ? `<div class="file">${escaped(file)}</div>` : '';
      return `${caption}<pre><code class="language-${escaped(language)}">${escaped(text)}\n</code></pre>\n`;
    },
    // Markers and what readers do not see.
    html: ({ text }) => (text.startsWith('<!--') ? '' : text),
    table(token) {
      const cell = (tag, { tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`;
      const row = (tag, cells) => `<tr>${cells.map((each) => cell(tag, each)).join('')}</tr>\n`;
      const head = token.header.some(({ text }) => text !== '') ? `<thead>${row('th', token.header)}</thead>` : '';
      const rows = token.rows.map((cells) => row('td', cells)).join('');
      return `<div class="table"><table>${head}<tbody>${rows}</tbody></table></div>\n`;
    },
  };
  const walkTokens = (token) => {
    if (token.type === 'link' || token.type === 'image') token.href = hrefInSite(token.href, file, pages);
  };
  const marked = new Marked({ renderer, walkTokens });
  return marked.parse(readFileSync(path.join(root, file), 'utf8'));
}

function navigationOf(current, pages, titles) {
  const entry = (file) => {
    const here = file === current ? ' aria-current="page"' : '';
    return `<li><a href="${pages.get(file)}"${here}>${escaped(titles.get(file))}</a></li>`;
  };
  const group = ({ title, files }) => `${title && `<h2>${escaped(title)}</h2>`}<ul>${files.map(entry).join('')}</ul>`;
  return `<a class="home" href="${pages.get(INDEX)}">arkffi</a>${navigation().map(group).join('\n')}`;
}

const pageOf = (title, nav, body) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · arkffi</title>
<link rel="stylesheet" href="site.css">
</head>
<body>
<nav>${nav}</nav>
<main>
${body}</main>
</body>
</html>
`;

/**
 * Writes the site, which needs no server and no network.
 * @param {string} folder is made anew; its pages link to files of the repository as if it were in its root
 */
export function writeSite(folder) {
  if (existsSync(folder)) rmSync(folder, { recursive: true });
  mkdirSync(folder, { recursive: true });
  const pages = pagesOfSite();
  const titles = new Map([...pages.keys()].map((file) => [file, outlineOf(file).title]));
  for (const [file, name] of pages) {
    const html = pageOf(titles.get(file), navigationOf(file, pages, titles), bodyOf(file, pages));
    writeFileSync(path.join(folder, name), html);
  }
  copyFileSync(path.join(root, 'scripts', 'site.css'), path.join(folder, 'site.css'));
}
