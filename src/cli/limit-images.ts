import type { DecodeLimits } from "../base/image/index.ts";

/**
 * Sets the limits on what one image may cost, of the flags of `imageLimitOptions` that are given. Flags of settings are
 * texts, which `settingsOf` reads together with their environment variables: they are ignored here.
 */
export async function limitImages(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { maxPixels, maxSide, maxAspect, maxSeconds } = flags;
  const numbers = Object.entries({ maxPixels, maxSide, maxAspect, maxSeconds }).filter(
    ([, limit]) => typeof limit === "number",
  );
  if (numbers.length === 0) return;
  const { setDecodeLimits } = await import("../base/image/index.ts");
  setDecodeLimits(Object.fromEntries(numbers) as DecodeLimits);
}
