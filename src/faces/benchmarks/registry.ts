import { allpairs } from "./all-pairs.ts";
import { bin } from "./bin.ts";
import { cfp } from "./cfp.ts";
import { ijbb, ijbc } from "./ijb.ts";
import { ijbbSearch, ijbcSearch } from "./ijb-search.ts";
import { lfw } from "./lfw.ts";
import { agedb, calfw, cplfw } from "./listed-protocols.ts";
import { megaface } from "./megaface.ts";
import type { ProtocolName } from "./names.ts";
import type { Protocol } from "./protocol.ts";
import { rfw } from "./rfw.ts";
import { tinyface } from "./tinyface.ts";
import { xqlfw } from "./xqlfw.ts";
import { ytf } from "./ytf.ts";

const all = {
  lfw,
  bin,
  cfp,
  calfw,
  cplfw,
  agedb,
  xqlfw,
  rfw,
  ytf,
  ijbb,
  ijbc,
  "ijbb-1n": ijbbSearch,
  "ijbc-1n": ijbcSearch,
  tinyface,
  megaface,
  allpairs,
};

/** The result of each protocol. */
export type ResultOf<Name extends ProtocolName> = Awaited<ReturnType<(typeof all)[Name]["score"]>>;

/** Every protocol by name; `names.ts` says what it takes. */
export const protocols: { readonly [Name in ProtocolName]: Protocol<Name, ResultOf<Name>> } = all;
