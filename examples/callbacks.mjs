// qsort and bsearch of libc with comparators in JavaScript, an asynchronous call, and a callback that is kept.
import { callback, CFunction, dlopen, JSCallback, pointer, ptr, read } from 'arkffi';

// int (*compare)(const void *, const void *), here of doubles: a function gets the addresses.
const compare = callback([pointer('double'), pointer('double')], 'int');
const { symbols: c } = dlopen(null, {
  qsort: { args: ['buffer', 'size_t', 'size_t', compare] },
  bsearch: { args: [pointer('double'), 'buffer', 'size_t', 'size_t', compare], returns: 'ptr' },
});

const numbers = Float64Array.of(2.5, -1, 1e9, 0.1, -40);
const size = numbers.BYTES_PER_ELEMENT;
const ascending = (a, b) => Math.sign(read.f64(a) - read.f64(b));

// A plain function can be called by C until the call returns.
c.qsort(numbers, numbers.length, size, ascending);
console.log('sorted:', [...numbers].join(' '));

const found = c.bsearch([0.1], numbers, numbers.length, size, ascending);
console.log('0.1 is at index', (found - ptr(numbers)) / size);
console.log('7 is at', c.bsearch([7], numbers, numbers.length, size, ascending));

// What a comparator throws, the call throws.
try {
  c.qsort(numbers, numbers.length, size, () => 'less');
} catch (error) {
  console.log(error.message);
}

// On the thread pool: JavaScript runs on, and C's thread waits for each answer.
let turns = 0;
const timer = setInterval(() => turns++, 1);
const many = Float64Array.from({ length: 20_000 }, Math.random);
const sorting = c.qsort.async(many, many.length, size, ascending);
console.log('qsort.async gives', sorting);
await sorting;
clearInterval(timer);
console.log(
  'sorted:',
  many.every((value, index) => index === 0 || many[index - 1] <= value),
);
console.log('JavaScript ran on meanwhile:', turns > 0);

// A JSCallback is open until it is closed: for C code that keeps the pointer.
const total = { sum: 0 };
const add = new JSCallback((value) => (total.sum += value), { args: ['int'], returns: 'int' });
const call = CFunction({ ptr: add.ptr, args: ['int'], returns: 'int' });
for (const value of [1, 2, 39]) call(value);
console.log('the callback has added up', total.sum);
add.close();
console.log('closed, it answers', call(1));
