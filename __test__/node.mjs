// The Node that tests start in processes of their own, the flags that this variant of the suite wants for it, and what
// becomes of a program there.
import { spawnSync } from 'node:child_process';

export const node = process.env.ARKFFI_TEST_NODE ?? process.execPath;
export const flags = process.env.ARKFFI_TEST_NO_CODEGEN ? ['--disallow-code-generation-from-strings'] : [];

/** The last line that a program prints, or how it ended when that was not well. */
export function outcome(program, extraFlags = []) {
  const options = { encoding: 'utf8', timeout: 100_000 };
  const { status, signal, stdout, stderr } = spawnSync(node, [...flags, ...extraFlags, '-e', program], options);
  return status === 0 ? stdout.trim().split('\n').at(-1) : `status ${status}, signal ${signal}: ${stderr.slice(-500)}`;
}
