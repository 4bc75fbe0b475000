// What Linux tells of processes.
import { readdirSync, readFileSync } from 'node:fs';

/** Its parent and its state; undefined when it is gone. */
function look(pid) {
  try {
    // The name, in parentheses, may contain anything.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Whether it runs: one that has ended and is not yet buried does not. */
export const runs = (pid) => !['Z', 'X', undefined].includes(look(pid)?.state);

/** The children of a process, also those that have ended and that it has not buried. */
export const children = (parent = process.pid) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && look(name)?.parent === parent)
    .map(Number);

/** The open descriptors of this process, but the one that is open to read them. */
export const descriptors = () => readdirSync('/proc/self/fd').length - 1;

export const threads = () => readdirSync('/proc/self/task').length;

/** Bytes of memory that a process has. */
export const resident = (pid) => Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096;

/** Waits until something holds. It fails when it never does, not when the machine is slow. */
export async function until(holds, what, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; !holds();) {
    if (Date.now() > end) throw new Error(`it never came true that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
