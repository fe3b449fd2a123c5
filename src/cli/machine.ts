import { availableParallelism, cpus } from "node:os";

/** The machine in a few words, for reports: "2 cores of AMD EPYC, Node 20.20.2". */
export function describeMachine(): string {
  const [cpu] = cpus();
  const count = availableParallelism();
  return `${count} ${count === 1 ? "core" : "cores"} of ${cpu?.model.trim() ?? "an unnamed processor"}, Node ${process.versions.node}`;
}
