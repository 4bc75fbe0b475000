// Where the parts of the benchmark are.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const folder = path.dirname(fileURLToPath(import.meta.url));
/** Everything that is compiled; not in the repository. */
export const built = path.join(folder, '.build');
export const results = path.join(folder, 'results');
export const fixture = path.join(built, process.platform === 'darwin' ? 'fixture.dylib' : 'fixture.so');
export const handwritten = path.join(built, 'handwritten.node');
/** arkffi as it is published, which is loaded faster. */
export const packed = path.join(built, 'arkffi');
