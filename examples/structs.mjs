// struct tm by pointer, a struct by value, and memory in place.
import { dlopen, array, out, pointer, Struct } from 'arkffi';

const Tm = Struct({
  tm_sec: 'int',
  tm_min: 'int',
  tm_hour: 'int',
  tm_mday: 'int',
  tm_mon: 'int',
  tm_year: 'int',
  tm_wday: 'int',
  tm_yday: 'int',
  tm_isdst: 'int',
  tm_gmtoff: 'long',
  tm_zone: 'cstring',
});
const Quotient = Struct({ quot: 'int', rem: 'int' });
// As of Linux.
const names = ['sysname', 'nodename', 'release', 'version', 'machine', 'domainname'];
const Utsname = Struct(Object.fromEntries(names.map((name) => [name, array('char', 65)])));

const { symbols } = dlopen(null, {
  gmtime_r: { args: [pointer('i64'), out(Tm)], returns: 'ptr' },
  strftime: { args: ['buffer', 'size_t', 'cstring', pointer(Tm)], returns: 'size_t' },
  div: { args: ['int', 'int'], returns: Quotient.object },
  uname: { args: [out(Utsname)], returns: 'int' },
});

// C fills the object that an `out` parameter is given.
const time = {};
symbols.gmtime_r([86_400 * 365], time);
console.log(`gmtime_r: ${1900 + time.tm_year}-${time.tm_mon + 1}-${time.tm_mday}, zone at ${time.tm_zone}`);

// An object given to a pointer is copied for the call.
const text = new Uint8Array(64);
const length = symbols.strftime(text, text.length, '%A, %d %B %Y', time);
console.log(`strftime: ${new TextDecoder().decode(text.subarray(0, length))}`);

// A struct by value, decoded at once.
console.log('div(17, 5):', symbols.div(17, 5));

const system = {};
symbols.uname(system);
console.log(`uname: ${system.sysname} ${system.machine}`);

// In place: the object's members are those in memory.
const buffer = Quotient.create({ quot: 1 });
const view = Quotient.view(buffer);
view.rem = 7;
console.log('in place:', Quotient.fromPtr(buffer));
console.log(Struct({ flag: 'bool', value: 'f64', name: 'cstring' }).layout());

// A mistake is an error that says where.
try {
  symbols.strftime(text, text.length, '%A', { ...time, tm_year: 'now' });
} catch (error) {
  console.log(error.message);
}
