// The thread of the embedded database.
import { sourceOrDist } from "./source-or-dist.js";

await sourceOrDist("gallery/engines/pglite-thread");
