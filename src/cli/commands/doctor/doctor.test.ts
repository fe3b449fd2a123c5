import { afterEach, expect, it, vi } from "vitest";
import { createProgram } from "../../program.ts";

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

it("doctor reports what the machine offers, and has tried it", async () => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  await (await createProgram("doctor")).parseAsync(["doctor", "--json"], { from: "user" });
  const diagnosis = JSON.parse(write.mock.calls.map(([text]) => text).join(""));
  expect(diagnosis).toMatchObject({
    isReady: true,
    node: process.version,
    devices: expect.arrayContaining([{ name: "cpu", isUsable: true }]),
    images: { formats: expect.arrayContaining(["jpeg", "png", "webp"]) },
  });
  expect(diagnosis.speed.matmulGflops).toBeGreaterThan(0.1);
  expect(diagnosis.speed.convolutionGflops).toBeGreaterThan(0.1);
  for (const { isUsable, reason } of diagnosis.devices) expect(isUsable).toBe(reason === undefined);
  expect(process.exitCode).toBe(0);
});
