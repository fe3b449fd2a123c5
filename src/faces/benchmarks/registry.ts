import { lfw } from "./lfw.ts";
import { megaface } from "./megaface.ts";
import type { ProtocolName } from "./names.ts";
import type { Protocol } from "./protocol.ts";

const all = { lfw, megaface };

/** The result of each protocol. */
export type ResultOf<Name extends ProtocolName> = Awaited<ReturnType<(typeof all)[Name]["score"]>>;

/** Every protocol by name; `names.ts` says what it takes. */
export const protocols: { readonly [Name in ProtocolName]: Protocol<Name, ResultOf<Name>> } = all;
