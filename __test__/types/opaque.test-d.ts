// Pointers to types of which only the name is known.
import { CString, dlopen, opaque, out, Struct, type OpaquePointer, type OpaqueType } from 'arkffi';
import type { AnyType, FunctionOf, Infer, InferInput } from 'arkffi';
import { same } from './same.js';

type Takes<Of extends AnyType> = Parameters<FunctionOf<{ args: [Of] }>>[0];
type Gives<Of extends AnyType> = ReturnType<FunctionOf<{ returns: Of }>>;

const Database = opaque('sqlite3');
const Statement = opaque('sqlite3_stmt');
same<typeof Database, OpaqueType<'sqlite3'>>(true);
same<Takes<typeof Database>, OpaquePointer<'sqlite3'> | number | bigint | null>(true);
same<Gives<typeof Database>, OpaquePointer<'sqlite3'> | null>(true);

const { symbols } = dlopen(null, {
  open: { args: ['cstring', out(Database)], returns: 'i32' },
  statement: { args: [Database], returns: Statement },
  step: { args: [Statement], returns: 'i32' },
  free: { args: ['ptr'] },
});

const opened: Gives<typeof Database>[] = [null];
symbols.open(':memory:', opened);
symbols.open(':memory:', [null]);
symbols.open(':memory:', new BigUint64Array(1));
const database = Database.at(0x10000);
same<typeof database, OpaquePointer<'sqlite3'> | null>(true);
const statement = symbols.statement(database);
symbols.step(statement);
symbols.step(0x10000n);
symbols.step(null);
symbols.free(statement);
if (statement) {
  same<typeof statement.ptr, number | bigint>(true);
  same<typeof statement.name, 'sqlite3_stmt'>(true);
}
// @ts-expect-error a pointer to something else
symbols.step(database);
// @ts-expect-error and the other way around
symbols.statement(statement);
// @ts-expect-error an array of other pointers
symbols.open(':memory:', [statement]);
// @ts-expect-error a string is no pointer to a database
symbols.statement(':memory:');
// @ts-expect-error nor is memory
symbols.statement(new Uint8Array(8));
// @ts-expect-error nor a CString
symbols.statement(new CString(0x10000));
// @ts-expect-error an object that looks like a pointer is none
symbols.step({ ptr: 0x10000, name: 'sqlite3_stmt' });
// @ts-expect-error a pointer does not change
if (statement) statement.ptr = 0;

const Session = Struct({ database: Database, depth: 'u8' });
same<Infer<typeof Session>, { database: OpaquePointer<'sqlite3'> | null; depth: number }>(true);
export const session: InferInput<typeof Session> = { database, depth: 1 };
// @ts-expect-error a pointer to something else
export const wrong: InferInput<typeof Session> = { database: statement, depth: 1 };

Database.at(statement);
Database.at(null);
// @ts-expect-error a name is a string
opaque(4);
// @ts-expect-error memory of JavaScript is no database
Database.at(new Uint8Array(4));
