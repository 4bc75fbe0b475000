// libm: plots a cosine in the terminal.
import { dlopen } from 'arkffi';

const libm = { darwin: 'libSystem.dylib', win32: 'ucrtbase.dll' }[process.platform] ?? 'libm.so.6';
const library = dlopen(libm, {
  cos: { args: ['double'], returns: 'double' },
  hypot: { args: ['double', 'double'], returns: 'double' },
});
const { symbols } = library;

for (let x = 0; x <= 6.3; x += 0.45) {
  const column = Math.round(30 + 28 * symbols.cos(x));
  console.log(x.toFixed(2).padStart(5), `${' '.repeat(column)}*`);
}
console.log(`hypot(3, 4) = ${symbols.hypot(3, 4)}`);
library.close();
