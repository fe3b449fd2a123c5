// The thread of `cosface serve` that runs the networks.
import { sourceOrDist } from "./source-or-dist.js";

await sourceOrDist("server/face-thread/thread");
