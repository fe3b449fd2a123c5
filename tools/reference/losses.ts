import { createLoss, lossNames } from "../../src/training/losses/index.ts";
import { code, page, table } from "./markdown.ts";

/** Every loss by name, from the registry of src/training/losses. */
export function renderLosses(): string {
  const rows = lossNames.map((name) => {
    const { margin, scale } = createLoss({ name });
    return [code(name), code(scale), code(margin)];
  });
  return page("# Losses", table(["loss", "default scale", "default margin"], rows));
}
