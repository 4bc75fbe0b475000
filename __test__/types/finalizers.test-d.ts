// Finalizers, and what is live.
import { attachFinalizer, dlopen, leaks, opaque, stats, type Address, type Finalizer, type Live } from 'arkffi';
import { same } from './same.js';

const { symbols } = dlopen('lib.so', { free: { args: ['ptr'] }, open: { returns: opaque('db') } });
const finalizer = attachFinalizer({}, 65536, symbols.free, { size: 8 });
same<typeof finalizer, Finalizer>(true);
same<ReturnType<Finalizer['run']>, boolean>(true);
same<ReturnType<Finalizer['detach']>, boolean>(true);
attachFinalizer(() => {}, 65536n, symbols.free.ptr);
const db = symbols.open();
if (db) attachFinalizer(db, db, symbols.free);
// @ts-expect-error: not an object
attachFinalizer(1, 65536, symbols.free);
// @ts-expect-error: a buffer is no address
attachFinalizer({}, new Uint8Array(8), symbols.free);
// @ts-expect-error: a function of JavaScript
attachFinalizer({}, 65536, () => {});
// @ts-expect-error: an unknown option
attachFinalizer({}, 65536, symbols.free, { bytes: 8 });

same<ReturnType<typeof leaks>, Live[]>(true);
same<Live['ptr'], Address | undefined>(true);
same<Live['size'], number | undefined>(true);
same<Live['name'] | Live['stack'], string | undefined>(true);
same<ReturnType<typeof stats>['memory'], { blocks: number; bytes: number }>(true);
same<ReturnType<typeof stats>['finalizers'], number>(true);
