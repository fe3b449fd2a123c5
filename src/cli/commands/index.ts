/** The commands, each loaded when it is called. The order is that of the help page. */
import type { Command, CommandGroup } from "../declaration.ts";

/** A new command is a folder and a line here; then run `npm run docs:reference`. */
export const commands = {
  quickstart: async () => (await import("./quickstart/command.ts")).command,
  train: async () => (await import("./train/command.ts")).command,
  evaluate: async () => (await import("./evaluate/command.ts")).command,
  detect: async () => (await import("./detect/command.ts")).command,
  align: async () => (await import("./align/command.ts")).command,
  embed: async () => (await import("./embed/command.ts")).command,
  verify: async () => (await import("./verify/command.ts")).command,
  identify: async () => (await import("./identify/command.ts")).command,
  cluster: async () => (await import("./cluster/command.ts")).command,
  assess: async () => (await import("./assess/command.ts")).command,
  calibrate: async () => (await import("./calibrate/command.ts")).command,
  experiment: async () => (await import("./experiment/command.ts")).command,
  serve: async () => (await import("./serve/command.ts")).command,
  gallery: async () => (await import("./gallery/command.ts")).command,
  keys: async () => (await import("./keys/command.ts")).command,
  backup: async () => (await import("./backup/command.ts")).command,
  restore: async () => (await import("./restore/command.ts")).command,
  models: async () => (await import("./models/command.ts")).command,
  networks: async () => (await import("./networks/command.ts")).command,
  bounds: async () => (await import("./bounds/command.ts")).command,
  boundaries: async () => (await import("./boundaries/command.ts")).command,
  geometry: async () => (await import("./geometry/command.ts")).command,
  pack: async () => (await import("./pack/command.ts")).command,
  unpack: async () => (await import("./unpack/command.ts")).command,
  doctor: async () => (await import("./doctor/command.ts")).command,
} as const satisfies Readonly<Record<string, () => Promise<Command | CommandGroup>>>;
