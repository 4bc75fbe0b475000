// Hosts in the style of ArkTS lack some functions of Node-API: the addon must do without them.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from '../scripts/packages/inspect.mjs';
import { root } from '../scripts/steps.mjs';
import { flags, node } from './node.mjs';
import { require } from './open.mjs';

const addon = require('../lib/binding.js').file;
const bytes = readFileSync(addon);
const exported = readFileSync(path.join(root, '__test__', 'fixtures', 'openharmony.txt'), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'));
/** The names that are looked up at run time are C strings in the file. */
const lookedUp = new Set(bytes.toString('latin1').match(/(?<=\0)(napi|node_api)_\w+(?=\0)/g));

describe('the addon on a host with the Node-API of OpenHarmony', () => {
  it.runIf(process.platform === 'linux')('links to no function of Node-API', () => {
    expect(inspect(addon).undefined.filter((name) => /^(napi|node_api)_/.test(name))).toEqual([]);
  });

  it('looks up what that has, and one function more', () => {
    expect(lookedUp.size).toBeGreaterThan(100);
    const missing = [...lookedUp].filter((name) => !exported.includes(name));
    expect(missing.sort()).toEqual(['napi_adjust_external_memory', 'napi_register_module_v1']);
  });

  it('works where those are missing that OpenHarmony lacks', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'arkffi-openharmony-'));
    try {
      // With a name that nobody has, a function is missing here as it is there.
      const file = path.join(folder, 'addon.node');
      const changed = Buffer.from(bytes.toString('latin1').replace('napi_adjust_external_memory', 'napi_adjust_external_nothin'), 'latin1'); // prettier-ignore
      expect([changed.length, changed.equals(bytes)]).toEqual([bytes.length, false]);
      writeFileSync(file, changed);
      const args = [...flags, path.join(root, 'bin', 'arkffi.cjs'), 'doctor', '--json'];
      const options = { encoding: 'utf8', env: { ...process.env, ARKFFI_NATIVE: file } };
      const { status, stdout, stderr } = spawnSync(node, args, options);
      expect([status, stderr]).toEqual([0, '']);
      const { findings } = JSON.parse(stdout);
      expect(findings.filter(({ state }) => state === 'fails')).toEqual([]);
      expect(findings.filter(({ state }) => state === 'works').length).toBeGreaterThan(3);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
