/**
 * What this machine offers for training, and what prevents it. Being installed does not count as working: every device
 * computes something, an image is written and read, and both folders are tried.
 */
import { execFile } from "node:child_process";
import { access, constants, statfs } from "node:fs/promises";
import { arch, availableParallelism, cpus, freemem, loadavg, platform, release, totalmem } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { decodeImage, encodeImage, type ImageLibrary, imageLibrary } from "../../../base/image/index.ts";
import {
  availableDevices,
  type Device,
  devices,
  loweringCacheFile,
  requireDevice,
  runtimeVersion,
} from "../../../compiler/runtime/index.ts";
import { NEGATIVE, POSITIVE } from "../../exit-codes.ts";
import { type MachineSpeed, measureMachine } from "../../machine-speed.ts";
import { formatBytes, print, printJson } from "../../output.ts";
import type { Flags } from "./options.ts";

/** A device, and why it cannot be used. */
type DeviceState = { readonly name: Device; readonly isUsable: boolean; readonly reason?: string };

/** Something that prevents training (`error`) or slows it (`warning`), and what to do about it. */
type Problem = { readonly severity: "error" | "warning"; readonly message: string };

type Diagnosis = {
  readonly isReady: boolean;
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly freeDiskBytes: number;
  readonly onnxruntime: string;
  readonly devices: readonly DeviceState[];
  /** Of the CPU; null when it could not be measured. */
  readonly speed: MachineSpeed | null;
  readonly images: ImageLibrary;
  /** File that remembers the fastest lowerings of convolution gradients. */
  readonly loweringCache: string;
  readonly problems: readonly Problem[];
};

export async function run({ json, probe }: Flags): Promise<number> {
  if (probe !== undefined) {
    await measureMachine(probe);
    return POSITIVE;
  }
  const diagnosis = await diagnose();
  if (json) printJson(diagnosis);
  else print(...describe(diagnosis));
  return diagnosis.isReady ? POSITIVE : NEGATIVE;
}

async function diagnose(): Promise<Diagnosis> {
  const problems: Problem[] = [];
  const error = (message: string) => problems.push({ severity: "error", message });
  const warning = (message: string) => problems.push({ severity: "warning", message });

  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 9)) error(`Node ${process.version} is too old: install 20.9 or later`);

  const [load = 0] = loadavg();
  const cores = availableParallelism();
  if (load > cores / 2) {
    warning(`other programs use ${load.toFixed(1)} of ${cores} cores: speeds measured now are too low`);
  }
  // Before the other devices are tried, which would occupy cores.
  const speed = await measureMachine("cpu").catch((cause: Error) => {
    error(`${cause.message}: reinstall with npm ci`);
    return null;
  });
  const images = await imageLibrary();
  await tryImages().catch((cause: Error) => error(`images cannot be written and read: ${cause.message}: run npm ci`));

  const memoryBytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  const freeMemoryBytes = Math.min(memoryBytes, freemem());
  if (freeMemoryBytes < LEAST_MEMORY) {
    warning(`${formatBytes(freeMemoryBytes)} of memory are free: train with a small --batch and a small network`);
  }
  const freeDiskBytes = await freeDisk(".");
  if (freeDiskBytes < LEAST_DISK) error(`the disk has ${formatBytes(freeDiskBytes)} left: make room for checkpoints`);
  else if (freeDiskBytes < GOOD_DISK) {
    warning(`the disk has ${formatBytes(freeDiskBytes)} left: checkpoints of large networks need more`);
  }
  if (!(await isWritable("."))) warning("this folder is not writable: give --out a path elsewhere");
  const loweringCache = loweringCacheFile();
  if (!(await isWritable(await nearestFolder(loweringCache)))) {
    warning("the cache folder is not writable: every run measures the lowerings again; set XDG_CACHE_HOME");
  }
  return {
    isReady: problems.every(({ severity }) => severity !== "error"),
    node: process.version,
    platform: `${platform()}-${arch()} ${release()}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores,
    memoryBytes,
    freeMemoryBytes,
    freeDiskBytes,
    onnxruntime: await runtimeVersion(),
    devices: await Promise.all(devices.map((name) => tryDevice(name, speed !== null))),
    speed,
    images,
    loweringCache,
    problems,
  };
}

/** About what sphere4 needs at a batch of 128. */
const LEAST_MEMORY = 1.5e9;
/** Two checkpoints of a small network. */
const LEAST_DISK = 0.3e9;
/** Two checkpoints of iresnet100 with optimizer state, and the model. */
const GOOD_DISK = 3e9;

/** Devices that ONNX Runtime is not built for elsewhere. */
const SYSTEMS: Partial<Record<Device, readonly [platform: NodeJS.Platform, name: string]>> = {
  dml: ["win32", "Windows"],
  coreml: ["darwin", "macOS"],
};

/** `cosface` itself, from src/cli as from dist/cli. */
const COMMAND = fileURLToPath(new URL("../../bin/cosface.js", import.meta.url));

const PROBE_SECONDS = 20;

/** In a separate process: a missing driver may print anything, or end the process. */
async function tryDevice(name: Device, isCpuUsable: boolean): Promise<DeviceState> {
  if (name === "cpu") return isCpuUsable ? { name, isUsable: true } : { name, isUsable: false, reason: "see below" };
  const system = SYSTEMS[name];
  if (system !== undefined && system[0] !== platform()) return { name, isUsable: false, reason: `${system[1]} only` };
  if (!(await availableDevices()).includes(name)) return { name, isUsable: false, reason: await reasonOf(name) };
  try {
    await promisify(execFile)(process.execPath, [COMMAND, "doctor", "--probe", name], {
      timeout: 1000 * PROBE_SECONDS,
    });
    return { name, isUsable: true };
  } catch (cause) {
    const { stderr = "" } = cause as { stderr?: string };
    const said = /^error: (.*)$/m.exec(stderr)?.[1];
    const reason = said === undefined ? "the driver fails" : withoutSourceLines(said);
    return { name, isUsable: false, reason };
  }
}

async function reasonOf(device: Device): Promise<string> {
  try {
    await requireDevice(device);
    return "offered, but not tried";
  } catch (cause) {
    return (cause as Error).message;
  }
}

/**
 * "device 'x' could not be started: /path/x.cc:136 f() … was false. No adapter; use --device cpu" → "No adapter".
 */
function withoutSourceLines(message: string): string {
  return message
    .replace(/^device '\w+' could not be started: /, "")
    .replace(/^\S+\.cc:\d+ .* was false\. /, "")
    .replace("; use --device cpu", "");
}

async function tryImages(): Promise<void> {
  const data = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => (i * 37) % 256);
  const decoded = await decodeImage(await encodeImage({ width: 8, height: 8, data }, { format: "png" }));
  if (Buffer.compare(decoded.data, data) !== 0) throw new Error("a PNG image differs after writing and reading");
}

async function freeDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** The folder that a file would be written into, or the nearest existing one above it. */
async function nearestFolder(file: string): Promise<string> {
  const folder = dirname(file);
  const exists = await access(folder).then(
    () => true,
    () => false,
  );
  return exists || folder === dirname(folder) ? folder : nearestFolder(folder);
}

function describe(diagnosis: Diagnosis): string[] {
  const { speed, images, problems, cores, processor, memoryBytes, freeMemoryBytes } = diagnosis;
  return [
    row("Node", diagnosis.node),
    row("platform", diagnosis.platform),
    row("processor", `${processor}, ${cores} ${cores === 1 ? "core" : "cores"}`),
    row("memory", `${formatBytes(memoryBytes)}, ${formatBytes(freeMemoryBytes)} free`),
    row("disk", `${formatBytes(diagnosis.freeDiskBytes)} free here`),
    row("ONNX Runtime", diagnosis.onnxruntime),
    ...diagnosis.devices.map(({ name, isUsable, reason }) =>
      row(`  ${name}`, isUsable ? "usable" : `not usable: ${reason}`),
    ),
    ...(speed === null
      ? []
      : [
          row("speed", `${speed.matmulGflops.toFixed(0)} GFLOP/s matrix multiplication`),
          row("", `${speed.convolutionGflops.toFixed(0)} GFLOP/s convolution`),
        ]),
    row("images", `sharp ${images.sharp}, libvips ${images.libvips}: ${images.formats.join(", ")}`),
    row("cache", diagnosis.loweringCache),
    "",
    ...problems.map(({ severity, message }) => `${severity}: ${message}`),
    diagnosis.isReady ? "Training is possible here." : "Training is not possible here.",
  ];
}

function row(name: string, value: string): string {
  return `${name.padEnd(14)}${value}`;
}
