'use strict';
// Which headers a text names, whether they are there or not.

// What stands where a directive may not be: comments, and texts, which are kept.
const COMMENT_OR_TEXT = /\/\*[^]*?(?:\*\/|$)|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;
const INCLUDE = /^[ \t]*(?:#|%:|\?\?=)[ \t]*(?:include|include_next|import)\b([^\n]*)/gm;
// `#define __has_include(x) 0` asks for nothing.
const ASKED = /(?<!(?:#|%:)[ \t]*define[ \t]+)\b__has_include(?:_next)?\b[ \t]*(?=(\([^\n]*)?)/g;
const NAME = /^[ \t]*\(?[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)/;

/**
 * The headers that a text includes or asks for.
 * @param {string} text
 * @returns {Set<string> | undefined} undefined if it names one by a macro, so that it is not known which
 */
function inclusionsOf(text) {
  const names = new Set();
  const plain = text
    .replace(/\r\n?/g, '\n')
    .replace(/\\[ \t]*\n/g, '')
    .replace(COMMENT_OR_TEXT, (found) => (found.startsWith('/') ? ' ' : found));
  for (const pattern of [INCLUDE, ASKED]) {
    for (const [, operand] of plain.matchAll(pattern)) {
      if (operand === undefined) continue;
      const found = NAME.exec(operand);
      if (found === null) return undefined;
      names.add(found[1] ?? found[2]);
    }
  }
  return names;
}

module.exports = { inclusionsOf };
