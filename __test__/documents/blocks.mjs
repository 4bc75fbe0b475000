// The code blocks of a document, in their order, and what their markers say.
//
// A fence names its language, and may go on with a file name (the block is written to that file) or `continues` (it goes
// on where the last block of its language ended). A comment right before it may say
//   <!-- not run: why -->          it cannot run here
//   <!-- needs: a thing, … -->     only with all of these things (needs.mjs), skipped without
//   <!-- alone -->                 it changes its process
// A comment that begins with `hidden` and what a fence would say is a block that readers do not see.

/**
 * @typedef {object} Block
 * @property {string} language `''` where none is named
 * @property {string} [file] what it is written to
 * @property {boolean} continues whether it goes on with the last block
 * @property {string} text
 * @property {number} line where it begins in the document
 * @property {string} [notRun] why it does not run
 * @property {string[]} needs
 * @property {boolean} alone
 */

const FENCE = /^( *)(`{3,})([^`]*)$/;
const MARKER = /^<!-- (not run|needs|alone)(?:: (.*))? -->$/;
const HIDDEN = /^<!-- hidden (.*)$/;

/** @returns {Block} */
function blockOf(info, marker, text, line) {
  const [language = '', ...words] = info.trim().split(/\s+/);
  const file = words.find((word) => word.includes('.'));
  const unknown = words.filter((word) => word !== file && word !== 'continues');
  if (unknown.length > 0) throw new Error(`line ${line}: a fence does not say '${unknown.join(' ')}'`);
  return {
    language,
    file,
    continues: words.includes('continues'),
    text: `${text.join('\n')}\n`,
    line,
    notRun: marker?.kind === 'not run' ? marker.value : undefined,
    needs: marker?.kind === 'needs' ? marker.value.split(', ') : [],
    alone: marker?.kind === 'alone',
  };
}

/** @param {string} document @returns {Block[]} */
export function blocksOf(document) {
  const lines = document.split('\n');
  const blocks = [];
  let marker;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    const begin = index + 1;
    const hidden = line.match(HIDDEN);
    if (hidden) {
      const text = [];
      while (lines[++index] !== '-->') text.push(lines[index]);
      blocks.push(blockOf(hidden[1], marker, text, begin));
      marker = undefined;
      continue;
    }
    const fence = line.match(FENCE);
    if (fence) {
      const [, indent, ticks, info] = fence;
      const text = [];
      while (lines[++index] !== indent + ticks) text.push(lines[index].slice(indent.length));
      blocks.push(blockOf(info, marker, text, begin));
      marker = undefined;
      continue;
    }
    const said = line.match(MARKER);
    if (said) marker = { kind: said[1], value: said[2] };
    else if (line.trim() !== '') marker = undefined;
  }
  return blocks;
}
