// For programs written for a `std:ffi` module. Everything that arkffi has is here too, but its class `Library`.
import arkffi = require('./index.js');
import type { Checked, FileURL, SymbolDefinition, SymbolsOf } from './index.js';

/** What `ffi.Library` and its type are made of. */
declare namespace ffi {
  /** A function: the type of its result, those of its parameters, and what else a definition of `dlopen` may say. */
  type FunctionEntry = readonly [
    returns: unknown,
    args?: readonly unknown[],
    options?: Omit<SymbolDefinition, 'args' | 'returns'>,
  ];

  /** The definition of dlopen that an entry is. */
  type DefinitionOf<Entry, Options> = Entry extends readonly [infer Returns, (infer Args)?, (infer More)?]
    ? { returns: Returns; args: unknown extends Args ? [] : Args } & (More extends object ? More : {}) & Options
    : never;

  /** What entries have to be. */
  type CheckedEntries<Functions> = {
    readonly [Name in keyof Functions]: Functions[Name] extends readonly [infer Returns, infer Args, ...infer More]
      ? readonly [
          Checked<{ returns: Returns }, SymbolDefinition>['returns'],
          Checked<{ args: Args }, SymbolDefinition>['args'],
          ...More,
        ]
      : Functions[Name] extends readonly [infer Returns]
        ? readonly [Checked<{ returns: Returns }, SymbolDefinition>['returns']]
        : FunctionEntry;
  };

  /** How a library is opened. */
  interface LibraryOptions {
    /** Functions that are missing are `null`, instead of an error. */
    readonly optional?: boolean | undefined;
  }
}

declare const ffi: Omit<typeof arkffi, 'Library'> & {
  /**
   * Opens a library and binds functions of it, as `dlopen` does, whose errors it throws. They are the own properties
   * of what it returns, each with its `async` form.
   * @param path a path, a name that the system searches for, a `file:` URL; null is the running process
   * @param functions such as `{ strlen: ['int', ['string']] }`
   */
  readonly Library: <
    const Functions extends ffi.CheckedEntries<Functions>,
    const Options extends ffi.LibraryOptions = {},
  >(
    path: string | FileURL | null,
    functions: Functions & { readonly [Name in keyof Functions]: ffi.FunctionEntry },
    options?: Options,
  ) => SymbolsOf<{ [Name in keyof Functions]: ffi.DefinitionOf<Functions[Name], Options> }>;
};
export = ffi;
