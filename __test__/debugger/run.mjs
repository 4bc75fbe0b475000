// Runs programs in which a debugger has code run wherever a function of the package's begins, and prints for each what went
// wrong, if anything did: node __test__/debugger/run.mjs library.so world|isolated [name]
import { require } from '../open.mjs';
import { Debugger } from './interrupts.mjs';
import { isolated } from './isolated.mjs';
import { text, world } from './world.mjs';

/** So many calls of one function in a program are looked at: those of another process take long. */
const TIMES = { world: 3, isolated: 2 };

const [, , file, which, only = ''] = process.argv;
const { programs, interruptions } = { world, isolated }[which](require('../index.js'), file);
const named = Object.entries(programs).filter(([name]) => name.includes(only));

/** What a program gives, or throws. */
async function outcomeOf(program) {
  try {
    return text(await program());
  } catch (error) {
    return `${error.name} ${error.code}: ${error.message}`;
  }
}

const kinds = Object.entries(interruptions);
let turns = 0;
/** What a debugger does: everything, or one thing alone. What goes wrong in it is as wrong as anything else. */
const faults = [];
function interrupt() {
  const turn = turns++;
  for (const [name, code] of turn % 2 === 0 ? kinds : [kinds[(turn >> 1) % kinds.length]]) {
    try {
      code();
    } catch (error) {
      faults.push(`what was run inside, ${name}: ${error.message}`);
    }
  }
}

/** @param {Debugger} found @param {() => unknown} program */
async function check(found, program) {
  // What is loaded when it is first needed, is.
  for (let count = 0; count < 3; count++) await outcomeOf(program);
  const wanted = await outcomeOf(program);
  const wrong = [];
  let count = 0;
  for (const place of await found.places(() => outcomeOf(program))) {
    for (let time = 0; time < Math.min(place.count, TIMES[which]); time++, count++) {
      const got = await found.run(place, time, interrupt, () => outcomeOf(program));
      if (got !== wanted) wrong.push(`${got} instead of ${wanted}, at ${place.name}`);
    }
  }
  return { count, wrong: [...wrong, ...faults.splice(0)].slice(0, 5) };
}

interrupt();
const found = new Debugger();
const results = {};
for (const [name, program] of named) results[name] = await check(found, program);
found.close();
console.log(JSON.stringify(results));
// Threads of the pool may wait for callbacks that nobody opens any more.
process.exit(0);
