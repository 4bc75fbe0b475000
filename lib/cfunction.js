'use strict';
// Functions bound to an address instead of a symbol.

const native = require('./binding.js');
const { createError } = require('./errors.js');
const { planSignature, bindAddress, makeFunctions } = require('./bind.js');
const { definitionEntries, symbolTable, dispose } = require('./library.js');
const { INVALID, functionAddress } = require('./pointer.js');
const { refusal } = require('./refuse.js');

/**
 * @param {any} definition
 * @param {string} name
 */
function bindDefinition(definition, name) {
  const { ptr, args, returns } = definition;
  const address = typeof ptr === 'number' && Number.isSafeInteger(ptr) && ptr >= 0 ? ptr : functionAddress(ptr);
  if (address === INVALID) {
    const { code, message } = refusal('function', ptr, 0, name);
    throw createError(code, message.replace('argument 0', 'ptr'), name);
  }
  return bindAddress(address, planSignature(name, args, returns), name);
}

/**
 * Binds the C function at an address. Callable with or without `new`.
 * @param {unknown} definition `{ ptr, args, returns }`
 */
function CFunction(definition) {
  if (typeof definition !== 'object' || definition === null) {
    throw createError('ERR_INVALID_ARG_TYPE', 'CFunction: the definition must be an object');
  }
  const binding = bindDefinition(definition, 'CFunction');
  const [bound] = makeFunctions([binding]);
  const close = () => native.closeBound(binding.number);
  return Object.defineProperties(bound, { close: { value: close }, [dispose]: { value: close } });
}

/**
 * Binds several addresses at once.
 * @param {unknown} definitions a map of `{ ptr, args, returns }`
 */
function linkSymbols(definitions) {
  const entries = definitionEntries(definitions, 'linkSymbols');
  const bindings = entries.map(([name, definition]) => bindDefinition(definition, name));
  const names = entries.map(([name]) => name);
  const close = () => bindings.forEach(({ number }) => native.closeBound(number));
  return { symbols: symbolTable(names, makeFunctions(bindings)), close, [dispose]: close };
}

module.exports = { CFunction, linkSymbols };
