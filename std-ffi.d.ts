// For programs written for a `std:ffi` module. Everything that arkffi has is here too, but its class `Library`.
import arkffi = require('./index.js');
import type { Checked, LibraryPath, OpenOptions, SymbolDefinition, SymbolsOf } from './index.js';

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
    ? { returns: Returns; args: unknown extends Args ? [] : Args } & (More extends object ? More : {}) &
        Optional<Options>
    : never;

  /** Of the options of a library those that every function has. */
  type Optional<Options> = Options extends { readonly optional: infer Value } ? { optional: Value } : {};

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
  interface LibraryOptions extends OpenOptions {
    /** Functions that are missing are `null`, instead of an error. */
    readonly optional?: boolean | undefined;
  }
}

declare const ffi: Omit<typeof arkffi, 'Library'> & {
  /**
   * Opens a library and binds functions of it, as `dlopen` does, whose errors it throws. They are the own properties
   * of what it returns, each with its `async` form.
   * @param path as of `dlopen`: a path, a name such as `libm`, a `file:` URL, candidates; null is the running process
   * @param functions such as `{ strlen: ['int', ['string']] }`
   */
  readonly Library: <
    const Functions extends ffi.CheckedEntries<Functions>,
    const Options extends ffi.LibraryOptions = {},
  >(
    path: LibraryPath | readonly LibraryPath[] | null,
    functions: Functions & { readonly [Name in keyof Functions]: ffi.FunctionEntry },
    options?: Options,
  ) => SymbolsOf<{ [Name in keyof Functions]: ffi.DefinitionOf<Functions[Name], Options> }>;
};
export = ffi;
