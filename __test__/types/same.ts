/** Whether two types are the same: not only assignable to each other, and `any` is only itself. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only for `same<A, B>(true)` with the same types, or `(false)` with different ones. */
export declare function same<A, B>(answer: Same<A, B>): void;
