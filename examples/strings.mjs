// Wide strings, strings that are the program's to free, and addresses that are looked at before they are read.
import { CString, dlopen, read } from 'arkffi';

// wchar_t has 32 bits here; on Windows it has 16, and the encoding is utf16le.
const wide = { type: 'cstring', encoding: 'utf32le' };
const { symbols } = dlopen(null, {
  wcslen: { args: [wide], returns: 'size_t' },
  wcschr: { args: [wide, 'wchar_t'], returns: wide },
  strdup: { args: ['cstring'], returns: { type: 'cstring', free: 'free' } },
  getenv: { args: ['cstring'], returns: 'ptr' },
});

console.log(symbols.wcslen('Grüße 😀')); // 7: characters, not units of UTF-16
console.log(symbols.wcschr('Grüße', 'ü'.codePointAt(0))); // üße
console.log(symbols.strdup('a copy that was freed'));

const path = symbols.getenv('PATH');
if (process.platform === 'linux' && path !== 0) {
  console.log(new CString(path, 0, 4, { checked: true }).toString());
  try {
    read.i32(path + 2 ** 40, 0, { checked: true });
  } catch (error) {
    console.log(error.code); // ERR_INVALID_POINTER, not the end of the process
  }
}
