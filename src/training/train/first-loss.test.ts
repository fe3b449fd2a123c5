import { describe, expect, it } from "vitest";
import { TrainingError } from "../../base/core/index.ts";
import { arcFace, combinedMargin, cosFace, type FaceLoss, softmaxLoss } from "../losses/index.ts";
import { requirePlausibleFirstLoss } from "./first-loss.ts";

const set = { identityCount: 10_572, embeddingSize: 512 };
const check =
  (loss: FaceLoss, value: number, margin = loss.margin ?? 0) =>
  () =>
    requirePlausibleFirstLoss({ ...set, loss, value, margin });

describe("requirePlausibleFirstLoss", () => {
  it("accepts the first losses of published logs", () => {
    // CosFace with s = 30 on 10,572 identities: 22.6 for m = 0.35 and 24.1 for m = 0.40.
    expect(check(cosFace({ scale: 30 }), 22.6)).not.toThrow();
    expect(check(cosFace({ scale: 30, margin: 0.4 }), 24.1)).not.toThrow();
  });

  it("goes by the margin of the first step, not that of the end", () => {
    expect(check(cosFace(), 12.6, 0)).not.toThrow();
    expect(check(cosFace({ margin: 1 }), 12.6)).toThrow(TrainingError);
  });

  it("lowers ArcFace's target by sin m", () => {
    expect(check(arcFace(), 9.26 + 4 + 64 * Math.sin(0.5))).not.toThrow();
    expect(check(arcFace({ marginRadians: 1.5 }), 14)).toThrow(TrainingError);
  });

  it("stops at a loss that only wrong labels or images give, and says what to look at", () => {
    expect(check(cosFace(), 69.08)).toThrow(
      /first loss: got 69\.08, expected about \d+\.\d+ for 10572 identities.*check that/,
    );
    expect(check(cosFace({ scale: 30 }), 0.5)).toThrow(TrainingError);
  });

  it("says nothing where there is no expectation", () => {
    expect(check(softmaxLoss(), 500)).not.toThrow();
    expect(check(combinedMargin(), 500)).not.toThrow();
  });
});
