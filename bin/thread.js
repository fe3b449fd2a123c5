// A thread or a process for a module of src/ that answers questions (src/base/threads).
import { workerData } from "node:worker_threads";
import { sourceOrDist } from "./source-or-dist.js";

await sourceOrDist(workerData?.module ?? process.argv[2]);
