// The library of faults in a helper, for tests of what becomes of them.
import { fixture } from './fixtures/paths.mjs';
import { closeAtEnd } from './isolates.mjs';
import { arkffi } from './open.mjs';

const { callback, isolate, Struct } = arkffi;

export const int = callback(['i32'], 'i32');
const Pair = Struct({ a: 'i32', b: 'i32' });
const functions = {
  add: { args: ['i32', 'i32'], returns: 'i32' },
  nothing: {},
  process_id: { returns: 'i32' },
  write_at: { args: ['usize'] },
  call_abort: {},
  call_exit: { args: ['i32'] },
  call_exit_at_once: { args: ['i32'] },
  raise_signal: { args: ['i32'] },
  illegal_instruction: {},
  never_return: {},
  never_return_unheeding: {},
  never_wake: {},
  sleep_milliseconds: { args: ['i32'] },
  take_all_memory: {},
  free_mebibytes: { args: ['i32'], returns: 'i32' },
  overflow_stack: { returns: 'i32' },
  abort_in_thread: {},
  write_at_in_thread: { args: ['usize'] },
  exit_thread: {},
  close_all_descriptors: {},
  close_descriptor: { args: ['i32'] },
  write_bytes: { args: ['i32', 'cstring', 'size_t'], returns: 'i32' },
  leave_child: { args: ['i32'], returns: 'i32' },
  return_twice: { args: ['i32'], returns: 'i32' },
  call_back_often: { args: [int, 'i32'], returns: 'i32' },
  call_back: { args: [int, 'i32'], returns: 'i32' },
  call_back_and_write: { args: [int, 'usize'] },
  call_back_in_thread: { args: [int, 'i32'], returns: 'i32' },
  sum_pair: { args: [Pair], returns: 'i32' },
  increment: { args: ['ptr', 'size_t'] },
};

export const crash = (signal, more) => ({ class: 'FFIError', code: 'ERR_HELPER_CRASHED', signal, ...more });

/** Where all faults are tried everywhere, which takes a minute; else only some are. */
export const isThorough = process.env.ARKFFI_TEST_SOAK === '1';
/** Opens the fixture in a helper; whatever it does, the test ends. */
export const open = (options) =>
  closeAtEnd(isolate(fixture('faults'), functions, { maxRestarts: 1000, log: 'error', ...options }));

/** The error of an action, with what only these have. */
export function fault(action) {
  let error;
  try {
    action();
  } catch (caught) {
    error = caught;
  }
  return described(error);
}
export const described = (error) =>
  error && {
    class: error.constructor.name,
    code: error.code,
    symbol: error.symbol,
    signal: error.signal,
    address: error.address,
  };
export const rejected = async (promise) =>
  described(
    await promise.then(
      () => undefined,
      (error) => error,
    ),
  );
