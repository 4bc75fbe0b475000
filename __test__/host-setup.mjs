// Set-up of vitest on hosts other than Node with glibc: skips what hosts-skips.mjs lists.
import path from 'node:path';
import { beforeEach } from 'vitest';
import { reasonToSkip } from './hosts-skips.mjs';

/** As vitest's reporters name a test. */
function fullName(task) {
  const names = [];
  for (let it = task; it && it !== it.file; it = it.suite) names.unshift(it.name);
  return names.join(' ');
}

beforeEach(({ task, skip }) => {
  const reason = reasonToSkip(path.basename(task.file.filepath), fullName(task));
  if (reason) skip(reason);
});
