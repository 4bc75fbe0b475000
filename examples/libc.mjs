// libc: strings both ways, a structure filled by C through a buffer, errno.
import { dlopen, errno, strerror } from 'arkffi';

const { symbols: c } = dlopen(null, {
  strlen: { args: ['cstring'], returns: 'size_t' },
  getenv: { args: ['cstring'], returns: 'cstring' },
  gettimeofday: { args: ['buffer', 'ptr'], returns: 'int' },
  chdir: { args: ['cstring'], returns: 'int' },
});

console.log(`strlen('hello') = ${c.strlen('hello')}`);
console.log(`getenv('HOME') = ${c.getenv('HOME')}, getenv('NO_SUCH') = ${c.getenv('NO_SUCH')}`);

// struct timeval { time_t tv_sec; suseconds_t tv_usec; } is two 64-bit words here.
const timeval = new BigInt64Array(2);
c.gettimeofday(timeval, null);
console.log(`gettimeofday: ${new Date(Number(timeval[0]) * 1000 + Number(timeval[1]) / 1000).toISOString()}`);

if (c.chdir('/no/such/folder') === -1) console.log(`chdir failed: ${strerror(errno())}`);
