// Libraries for each platform.
import { Library, loadPlatformLibrary, platform } from 'arkffi';
import { same } from './same.js';

const { os, arch, extension, supported } = platform();
same<[typeof os, typeof arch, typeof supported], [string, string, boolean]>(true);
same<typeof extension, 'so' | 'dylib' | 'dll'>(true);

const { symbols } = loadPlatformLibrary('lib', 'greet', {
  header: 'greet.h',
  symbols: {
    Add: { args: ['i64', 'i64'], returns: 'i64' },
    Version: { type: 'i32', global: true },
  },
});
same<ReturnType<typeof symbols.Add>, number | bigint>(true);
symbols.Version = 1;
export const none: Library<{}> = loadPlatformLibrary('lib', 'greet');
// @ts-expect-error no such type
loadPlatformLibrary('lib', 'greet', { symbols: { f: { args: ['int23'] } } });
// @ts-expect-error no such option
loadPlatformLibrary('lib', 'greet', { heder: 'greet.h' });
// @ts-expect-error a directory is needed
loadPlatformLibrary(null, 'greet');
