// Finalizers when an environment ends, and when the library of their function is closed.
import { describe, expect, it } from 'vitest';
import { afterwards, definitions, file, inWorker, run, symbols } from './finalizers.mjs';
import { arkffi, thrown } from './open.mjs';

const { attachFinalizer, dlopen, CFunction } = arkffi;

describe('at the end of an environment', () => {
  const attach = (count = 3) => `
    globalThis.kept = {};
    for (let n = 1; n <= ${count}; n++) attachFinalizer(kept, symbols.make(n), symbols.destroy_loudly);`;

  it('of a process all run, the last one first', () => {
    expect(run(`${attach()} console.log('over');`)).toBe('over | freed 3 | freed 2 | freed 1');
  });

  it('of a worker, whether it ends, exits or is terminated', () => {
    const all = 'freed 3 | freed 2 | freed 1 | over';
    const end = `start().on('exit', () => console.log('over'));`;
    expect(run(inWorker(attach()) + end)).toBe(all);
    expect(run(inWorker(`${attach()} process.exit(0);`) + end)).toBe(all);
    const ready = `require('node:worker_threads').parentPort.on('message', () => {}).postMessage('ready');`;
    const terminate = `
      const worker = start();
      worker.on('message', () => worker.terminate().then(() => console.log('over')));`;
    expect(run(inWorker(`${attach()} ${ready}`) + terminate)).toBe(all);
  });

  it('by process.exit of the main thread none runs: no host tells addons of it', () => {
    expect(run(`${attach()} console.log('over'); process.exit(0);`)).toBe('over');
  });

  it('those that handlers of the exit run or take back are left out', () => {
    const program = `
      const kept = (globalThis.kept = {});
      const [first, second, third] = [1, 2, 3].map((n) => attachFinalizer(kept, symbols.make(n), symbols.destroy_loudly));
      process.on('exit', () => { second.run(); third.detach(); });`;
    expect(run(program)).toBe('freed 2 | freed 1');
  });

  it('C that calls back gets the default', () => {
    const program = `
      symbols.set_told(new JSCallback(() => console.log('JavaScript ran'), { args: ['int'], returns: 'int', onError: 55 }));
      globalThis.kept = {};
      attachFinalizer(kept, symbols.make(1), symbols.destroy_loudly);
      attachFinalizer(kept, symbols.make(2), symbols.destroy_and_tell);`;
    expect(run(program)).toBe('freed 1');
  });

  it('a call that is running on another thread is waited for before anything is freed', () => {
    const worker = `${attach(1)} usleep.async(200_000); require('node:worker_threads').parentPort.postMessage('ready');`;
    const program = `
      const worker = start();
      worker.on('message', () => worker.terminate().then(() => console.log('over')));`;
    expect(run(inWorker(worker) + program)).toBe('freed 1 | over');
  });

  it('many workers that are terminated at any moment free each thing once', () => {
    const worker = `
      const keep = [];
      require('node:worker_threads').parentPort.postMessage('ready');
      for (;;) {
        const object = {};
        const finalizer = attachFinalizer(object, symbols.make(1), symbols.destroy, { size: 64 });
        keep.push(object);
        if (keep.length % 3 === 0) finalizer.run();
        if (keep.length % 5 === 0) finalizer.detach();
        if (keep.length === 1000) keep.length = 0;
      }`;
    // Freed twice would abort.
    const program = `
      let left = 10;
      const next = () => {
        const worker = start();
        worker.on('message', () => worker.terminate().then(() => (--left > 0 ? next() : console.log('over'))));
      };
      next();`;
    expect(run(inWorker(worker) + program, { MALLOC_CHECK_: '3' })).toBe('over');
  });
});

describe('a library that is closed', () => {
  const closing = { ARKFFI_TELL_UNLOAD: '1' };

  it('stays loaded until the last finalizer has run', () => {
    const program = afterwards(`
      attachFinalizer({}, symbols.make(1), symbols.destroy_loudly);
      const kept = (globalThis.kept = {});
      const last = attachFinalizer(kept, symbols.make(2), symbols.destroy_loudly.ptr);
      library.close();
      let code;
      try { symbols.make(1); } catch (error) { code = error.code; }
      console.log(code);
      await collected(() => stats().finalizers === 1);
      console.log('one left');
      last.run();
      console.log('over');`);
    expect(run(program, closing)).toBe('ERR_LIBRARY_CLOSED | freed 1 | one left | freed 2 | unloaded | over');
  });

  it('is unloaded when the last finalizer is taken back', () => {
    const program = afterwards(`
      const last = attachFinalizer({}, symbols.make(1), symbols.destroy_loudly);
      library.close();
      console.log('closed');
      last.detach();
      console.log('over');`);
    expect(run(program, closing)).toBe('closed | unloaded | over');
  });

  it('gives no function to attach', () => {
    const other = dlopen(file, definitions);
    other.close();
    expect(thrown(() => attachFinalizer({}, symbols.make(1), other.symbols.destroy))).toMatchObject({
      class: 'FFIError',
      code: 'ERR_LIBRARY_CLOSED',
      symbol: 'destroy',
    });
    const closed = CFunction({ ptr: symbols.destroy.ptr, args: ['ptr'] });
    closed.close();
    expect(thrown(() => attachFinalizer({}, symbols.make(1), closed)).code).toBe('ERR_LIBRARY_CLOSED');
  });
});
