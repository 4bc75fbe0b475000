// Enumerations.
import { dlopen, enumeration, out, Struct, type AnyType, type FunctionOf, type Infer, type InferInput } from 'arkffi';
import { same } from './same.js';

type Takes<Of extends AnyType> = Parameters<FunctionOf<{ args: [Of] }>>[0];
type Gives<Of extends AnyType> = ReturnType<FunctionOf<{ returns: Of }>>;

const Color = enumeration({ RED: 0, GREEN: 1, BLUE: 7 });
same<Takes<typeof Color>, 'RED' | 'GREEN' | 'BLUE' | number>(true);
same<Gives<typeof Color>, number>(true);
same<Infer<typeof Color>, number>(true);
same<InferInput<typeof Color>, 'RED' | 'GREEN' | 'BLUE' | number>(true);

const { symbols } = dlopen(null, { paint: { args: [Color, out(Color)], returns: Color } });
symbols.paint('RED', [0]);
symbols.paint(7, new Int32Array(1));
// @ts-expect-error no such name
symbols.paint('YELLOW', null);
// @ts-expect-error a BigInt for a small number
symbols.paint(1n, null);

const Pixel = Struct({ color: Color, alpha: 'u8' });
same<Infer<typeof Pixel>, { color: number; alpha: number }>(true);
export const pixel: InferInput<typeof Pixel> = { color: 'BLUE', alpha: 1 };
// @ts-expect-error no such name
export const wrong: InferInput<typeof Pixel> = { color: 'YELLOW', alpha: 1 };

same<typeof Color.values, Readonly<{ readonly RED: 0; readonly GREEN: 1; readonly BLUE: 7 }>>(true);
same<typeof Color.values.BLUE, 7>(true);
same<ReturnType<typeof Color.nameOf>, 'RED' | 'GREEN' | 'BLUE' | undefined>(true);
Color.nameOf(symbols.paint(1, null))?.toLowerCase();
// @ts-expect-error values do not change
Color.values.RED = 4;
// @ts-expect-error no such name
Color.values.YELLOW;

// In storage of 64 bits.
const Wide = enumeration({ ALL: 0xffffffffffffffffn });
same<Takes<typeof Wide>, 'ALL' | number | bigint>(true);
same<Gives<typeof Wide>, number | bigint>(true);
const Stored = enumeration({ NONE: 0 }, 'u64');
same<Gives<typeof Stored>, number | bigint>(true);
const Small = enumeration({ NONE: 0 }, 'uint8_t');
same<Gives<typeof Small>, number>(true);

// Names that are known only as some.
declare const loose: Record<string, number>;
const Loose = enumeration(loose);
same<Takes<typeof Loose>, string | number>(true);
same<Gives<typeof Loose>, number>(true);

// @ts-expect-error values are numbers
enumeration({ RED: '0' });
// @ts-expect-error values are needed
enumeration();
// @ts-expect-error storage is an integer
enumeration({ RED: 0 }, 'f32');
// @ts-expect-error of a type that there is
enumeration({ RED: 0 }, 'int23');
