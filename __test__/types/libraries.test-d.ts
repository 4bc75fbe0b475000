// Opening, looking in, and guarding libraries.
import { allowLibraries, dlopen, ffi } from 'arkffi';
import type { Address, ExportedSymbol, OpenOptions } from 'arkffi';
import { same } from './same.js';

const add = { add: { args: ['i32', 'i32'], returns: 'i32' } } as const;
const url = { href: 'file:///x', protocol: 'file:', pathname: '/x' };

const library = dlopen(['./a.so', url], add, {
  lazy: true,
  global: false,
  deep: true,
  search: ['/lib', url],
  sha256: '00',
});
same<ReturnType<typeof library.symbols.add>, number>(true);
same<ReturnType<typeof library.has>, boolean>(true);
same<ReturnType<typeof library.ptr>, Address>(true);
same<ReturnType<typeof library.exports>, ExportedSymbol[]>(true);
dlopen('m', add, undefined);
dlopen(null, add, {});
const options: OpenOptions = { now: true, local: undefined };
dlopen('m', {}, options);
ffi.load(['a', 'b'], { lazy: true });
allowLibraries(['/lib/**', null]);

// @ts-expect-error no such option
dlopen('m', add, { lasy: true });
// @ts-expect-error a boolean
dlopen('m', add, { lazy: 1 });
// @ts-expect-error an array
dlopen('m', add, { search: '/lib' });
// @ts-expect-error null is no candidate
dlopen([null], add);
// @ts-expect-error a name
library.has(5);
// @ts-expect-error an array
allowLibraries('/lib/**');
