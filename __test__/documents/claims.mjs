// What the comments of a program claim, made part of the program:
//   console.log(x); // text      is printed; `…` stands for anything
//   x; // → text                 is the value; also `const y = x; // → text`
//   x; // throws ERR_X           is thrown, by its code or class; `: text` after it begins the message

/** What the line with the outcome begins with. */
export const RESULT = 'result of the document: ';

const PRINTED = /^\s*console\.log\(.*\);? \/\/ (.*)$/;
const VALUE = /^(\s*)((?:const|let) (?:\w+|\{.*?\}|\[.*?\]) = |\w+ = )?(.*?);? \/\/ → (.*)$/;
const THROWN = /^(\s*)(?:(?:const|let) \w+ = )?(.*?);? \/\/ throws (\w+)(?:: (.*))?$/;

/**
 * @param {string} program
 * @returns {{ program: string, printed: string[] }} with calls of `__value` and `__thrown`; what is to be printed, in order
 */
export function withClaims(program) {
  const printed = [];
  const lines = program.split('\n').map((line) => {
    const text = line.match(PRINTED);
    if (text) {
      printed.push(text[1]);
      return line;
    }
    const thrown = line.match(THROWN);
    if (thrown) {
      const [, indent, action, code, message = ''] = thrown;
      const [wait, kind] = action.includes('await ') ? ['await ', 'async '] : ['', ''];
      return `${indent}${wait}__thrown(${kind}() => ${asExpression(action)}, ${JSON.stringify(code)}, ${JSON.stringify(message)});`;
    }
    const value = line.match(VALUE);
    if (value) {
      const [, indent, declaration = '', expression, claim] = value;
      return `${indent}${declaration}__value(${expression}, ${JSON.stringify(claim)});`;
    }
    return line;
  });
  return { program: lines.join('\n'), printed };
}

const asExpression = (action) => (action.startsWith('{') ? `(${action})` : action);
const squeezed = (text) => text.replaceAll(/\s+/g, ' ').trim();

/** Whether a text is what was claimed, in which `…` stands for anything. */
export function isAsClaimed(text, claim) {
  const parts = squeezed(claim).split('…');
  let rest = squeezed(text);
  if (!rest.startsWith(parts[0])) return false;
  rest = rest.slice(parts[0].length);
  for (const part of parts.slice(1, -1)) {
    const index = rest.indexOf(part);
    if (index < 0) return false;
    rest = rest.slice(index + part.length);
  }
  return parts.length === 1 ? rest === '' : rest.endsWith(parts.at(-1));
}
