// Strings in other encodings, and strings that are freed.
import { array, callback, dlopen, CFunction, CString, JSCallback, pointer, Struct, type AnyType } from 'arkffi';
import { same } from './same.js';

const wide = { type: 'cstring', encoding: 'utf16le' } as const;
const { symbols: c } = dlopen('./libtexts.so', {
  length: { args: [wide], returns: 'i32' },
  inline: { args: [{ type: 'char *', encoding: 'latin1' }, 'i32'], returns: { type: 'string' } },
  copy: { args: ['cstring'], returns: { type: 'cstring', encoding: 'utf32le', free: 'free_text' } },
  byAddress: { returns: { type: 's', free: 0x1000_0000 } },
  free_text: { args: ['ptr'] },
});
same<ReturnType<typeof c.inline>, string | null>(true);
same<ReturnType<typeof c.copy>, string | null>(true);
same<ReturnType<typeof c.copy.async>, Promise<string | null>>(true);
same<Parameters<typeof c.inline>[1], number>(true);
c.length('text');
c.length(null);
c.length(new CString(1_000_000));
// @ts-expect-error a boolean is no string
c.length(true);

// What frees a result may be a bound function, a callback or an address.
const returns = { type: 'cstring', free: c.free_text } as const;
same<ReturnType<typeof bound>, string | null>(true);
const bound = CFunction({ ptr: 0x1000_0000n, returns });
new JSCallback((text) => text?.length ?? 0, { args: [wide], returns: 'i32' });
callback([wide], wide);
// @ts-expect-error what a callback takes is not freed
callback([{ type: 'cstring', free: 'free_text' }]);

// @ts-expect-error there is no such encoding
dlopen(null, { f: { args: [{ type: 'cstring', encoding: 'ebcdic' }] } });
// @ts-expect-error only strings have an encoding
dlopen(null, { f: { args: [{ type: 'i32', encoding: 'utf8' }] } });
// @ts-expect-error only results are freed
dlopen(null, { f: { args: [{ type: 'cstring', free: 'free_text' }] } });
// @ts-expect-error an unknown key
dlopen(null, { f: { args: [{ type: 'cstring', encode: 'utf8' }] } });
// @ts-expect-error an unknown key
dlopen(null, { f: { returns: { type: 'cstring', frees: 'free_text' } } });
// @ts-expect-error a JavaScript function cannot free
dlopen(null, { f: { returns: { type: 'cstring', free: () => {} } } });

// Members read as addresses, and are written as strings.
const Named = Struct({ id: 'int', name: wide, nick: { type: 'char*', encoding: 'latin1', default: 'none' } });
same<ReturnType<typeof Named.fromPtr>, { id: number; name: number | bigint; nick: number | bigint }>(true);
Named.create({ id: 1, name: 'x', nick: 'y' });
Named.set(new ArrayBuffer(24), 'name', 'x', { checked: true });
// @ts-expect-error a number has no encoding
Struct({ id: { type: 'int', encoding: 'utf8' } });
// @ts-expect-error no member is freed
Struct({ name: { type: 'cstring', free: 'free_text' } });
array(wide, 2).create(['a', 'b']);
pointer(wide);
const types: AnyType[] = [wide, 'int', Named];
dlopen(null, { f: { args: types } });

new CString(1_000_000, 0, undefined, { encoding: 'utf16le', checked: true });
// @ts-expect-error options are an object
new CString(1_000_000, 0, undefined, 'utf16le');
