// The example of the README: functions of the running process, so nothing needs to be found.
import { dlopen } from 'arkffi';

const { symbols } = dlopen(null, {
  strlen: { args: ['cstring'], returns: 'size_t' },
  abs: { args: ['int'], returns: 'int' },
});

console.log(symbols.strlen('Grüße')); // 7
console.log(symbols.abs(-42)); // 42
try {
  symbols.abs(0.5);
} catch (error) {
  console.log(error.message); // abs: argument 0: expected an i32 (an integer from …), got 0.5
}
