// Every header: node __test__/oracle/headers/run.mjs [name …]. Exits with 1 when something differs.
import { createRequire } from 'node:module';
import { checkHeader } from './check.mjs';
import { headers, isInstalled } from './list.mjs';

const { parseC } = createRequire(import.meta.url)('../../../lib/binding.js');
const wanted = process.argv.slice(2);
const total = { declarations: 0, skipped: 0, types: 0, records: 0, integers: 0, constants: 0 };
let failed = 0;

for (const header of headers.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  if (!isInstalled(header)) {
    console.log(`${header.name}: not installed`);
    continue;
  }
  const found = checkHeader(parseC, header);
  const { declarations, skipped, types, records, constants, integers } = found;
  const share = (100 * (1 - skipped.length / declarations)).toFixed(2);
  console.log(
    `${header.name}: ${declarations} declarations, ${share} % read; compared ${types} types, ${records} records, ` +
      `${integers} integer macros of ${constants} constants; ${found.milliseconds.toFixed(1)} ms for ${found.bytes} bytes`,
  );
  const { wrongTypes, wrongLayouts, problems, wrongConstants, missedMacros } = found;
  for (const [what, wrong] of Object.entries({
    skipped,
    wrongTypes,
    wrongLayouts,
    problems,
    wrongConstants,
    missedMacros,
  })) {
    failed += wrong.length;
    if (wrong.length > 0) console.log(`  ${what}: ${wrong.length}\n    ${wrong.slice(0, 10).join('\n    ')}`);
  }
  for (const key of Object.keys(total)) total[key] += Array.isArray(found[key]) ? found[key].length : found[key];
}
console.log(JSON.stringify(total));
process.exitCode = failed > 0 ? 1 : 0;
