// npm run test:packages: packs the addon that is here, installs the tarballs in an empty folder, and uses them there, as a
// program of a user would. It needs neither Rust nor a C compiler, and runs on every system.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packAndInstall } from './packages/install.mjs';
import { announce, attempt, installPackages } from './steps.mjs';

installPackages();
const { file: addon } = createRequire(import.meta.url)('../lib/binding.js');
const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'arkffi-try-'));
const opened = "dlopen(process.platform === 'win32' ? 'msvcrt.dll' : null, { abs: { args: ['int'], returns: 'int' } })";
const programs = {
  'required.cjs': `console.log(require('arkffi').${opened}.symbols.abs(-42));`,
  'imported.mjs': `import { dlopen } from 'arkffi'; console.log(${opened}.symbols.abs(-42));`,
};
const faults = [];
try {
  announce(`installing what is packed of ${addon}`);
  const { installed, platform } = packAndInstall(addon, folder);
  // Nothing of the repository takes part: the addon is that of the package.
  const { ARKFFI_NATIVE, ...env } = process.env;
  const options = { cwd: installed, env };
  for (const [name, source] of Object.entries(programs)) {
    writeFileSync(path.join(installed, name), source);
    const { output } = attempt(process.execPath, [name], options);
    if (output !== '42\n') faults.push(`${name}: ${output}`);
  }
  const command = path.join('node_modules', 'arkffi', 'bin', 'arkffi.cjs');
  const { ok, output } = attempt(process.execPath, [command, 'doctor', '--json'], options);
  const { addon: found, findings } = ok ? JSON.parse(output) : { findings: [] };
  console.log(attempt(process.execPath, [command, 'doctor'], options).output);
  if (!ok) faults.push(`arkffi doctor: ${output}`);
  else if (!found.includes(`arkffi-${platform}`)) faults.push(`the addon is ${found}, not that of the package`);
  faults.push(
    ...findings.filter(({ state }) => state === 'fails').map(({ name, detail }) => `${name} fails: ${detail}`),
  );
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
