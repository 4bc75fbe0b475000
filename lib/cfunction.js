'use strict';
// Functions bound to an address instead of a symbol.

const native = require('./binding.js');
const { bindAddress, bindAll } = require('./bind.js');
const { checkedOption } = require('./checked.js');
const { withWay } = require('./fast/options.js');
const { checkDefinition, definitionEntries, ownProperties, symbolTable, dispose } = require('./library.js');
const { withOutcome } = require('./outcome.js');
const { INVALID, functionAddress } = require('./pointer.js');
const { defineValue } = require('./property.js');
const { refusal } = require('./refuse.js');
const { isSafeInteger } = require('./runtime.js');
const { planSignature } = require('./signature.js');

/** What a definition may have. */
const KEYS = ['ptr', 'args', 'returns', 'errno', 'check', 'checked', 'fast', 'leaf'];

/**
 * @param {any} definition
 * @param {string} name
 */
function bindDefinition(definition, name) {
  const own = ownProperties(definition);
  const { ptr, args, returns, checked } = own;
  const isChecked = checkedOption(name, checked, 'the definition');
  const address = isSafeInteger(ptr) && ptr >= 0 ? ptr : functionAddress(ptr);
  if (address === INVALID) throw refusal('function', ptr, undefined, name, 'ptr');
  const planned = withOutcome(planSignature(name, args, returns, isChecked), name, name, own);
  const signature = withWay(planned, name, name, own);
  if (isChecked) require('./executable.js').demandExecutable(address, name);
  return bindAddress(address, signature, name);
}

/**
 * Binds addresses. Closing them may come after their stubs are collected and their numbers given to
 * others, so it goes through the stubs.
 * @param {(() => import('./bind.js').Binding)[]} binders
 */
function bindClosable(binders) {
  const { functions, bindings } = bindAll(binders);
  let open = functions.map((stub, index) => ({ stub, number: /** @type {any} */ (bindings[index]).number }));
  const close = () => {
    for (const { number } of open) native.closeBound(number);
    open = [];
  };
  return { functions, close };
}

/**
 * Binds the C function at an address. Callable with or without `new`.
 * @param {unknown} definition `{ ptr, args, returns }`
 */
function CFunction(definition) {
  checkDefinition(definition, 'CFunction', KEYS);
  const { functions, close } = bindClosable([() => bindDefinition(definition, 'CFunction')]);
  const bound = /** @type {Function} */ (functions[0]);
  return defineValue(defineValue(bound, 'close', close), dispose, close);
}

/**
 * The same, called on the thread pool: every call gives a promise.
 * @param {unknown} definition `{ ptr, args, returns }`
 */
function AsyncCFunction(definition) {
  checkDefinition(definition, 'AsyncCFunction', KEYS);
  const { functions, close } = bindClosable([() => bindDefinition(definition, 'AsyncCFunction')]);
  const { async, ptr } = /** @type {any} */ (functions[0]);
  defineValue(async, 'ptr', ptr, 'enumerable');
  return defineValue(defineValue(async, 'close', close), dispose, close);
}

/**
 * Binds several addresses at once.
 * @param {unknown} definitions a map of `{ ptr, args, returns }`
 */
function linkSymbols(definitions) {
  const entries = definitionEntries(definitions, 'linkSymbols', KEYS);
  const { functions, close } = bindClosable(
    entries.map(
      ([name, definition]) =>
        () =>
          bindDefinition(definition, name),
    ),
  );
  return {
    symbols: symbolTable(
      entries.map(([name]) => name),
      functions,
    ),
    close,
    [dispose]: close,
  };
}

module.exports = { CFunction, AsyncCFunction, linkSymbols };
