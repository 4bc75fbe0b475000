// Runs programs of a document, one after the other, in this process: node run.mjs <JSON of [{ file, printed }]>.
// One line that it prints, after RESULT, is JSON of what went wrong: [{ file, message }]. C prints what it likes.
import { format, inspect } from 'node:util';
import { pathToFileURL } from 'node:url';
import { isAsClaimed, RESULT } from './claims.mjs';

const programs = JSON.parse(process.argv[2]);
const failures = [];
let current;
let output = [];
const fail = (message) => failures.push({ file: current, message });

console.log = (...values) => void output.push(format(...values));
globalThis.__value = (value, claim) => {
  const check = (it) => {
    const text = inspect(it, { breakLength: Infinity, depth: 6 });
    if (!isAsClaimed(text, claim)) fail(`is ${text}, and not ${claim}`);
  };
  // `const p = f.async(…); // → …` would be claimed of the promise, which says nothing.
  check(value);
  return value;
};

const judge = (error, code, message) => {
  const is = error?.code ?? error?.name;
  if (is !== code && error?.name !== code) return fail(`throws ${is} (${error?.message}), and not ${code}`);
  if (!isAsClaimed(error.message, `${message}…`)) fail(`throws '${error.message}', and not '${message}'`);
};
globalThis.__thrown = (action, code, message) => {
  let result;
  try {
    result = action();
  } catch (error) {
    return judge(error, code, message);
  }
  if (typeof result?.then !== 'function') return fail(`does not throw ${code}`);
  return result.then(
    () => fail(`does not reject with ${code}`),
    (error) => judge(error, code, message),
  );
};

for (const { file, printed } of programs) {
  current = file;
  output = [];
  try {
    await import(pathToFileURL(file));
  } catch (error) {
    fail(error.stack ?? String(error));
    continue;
  }
  let from = 0;
  for (const claim of printed) {
    const index = output.findIndex((line, at) => at >= from && isAsClaimed(line, claim));
    if (index < 0) fail(`does not print '${claim}', but ${JSON.stringify(output.slice(from))}`);
    else from = index + 1;
  }
}
process.stdout.write(`\n${RESULT}${JSON.stringify(failures)}\n`);
// What a program leaves open must not keep this process.
process.exit();
