import type { DeletionReceipt } from "../../../service/gallery/index.ts";
import { formatQuantity } from "../../output.ts";

/** A receipt in one line. It has ids and counts, and no name. */
export function describeReceipt(receipt: DeletionReceipt): string {
  const { collection, deletedAt, digest, subjectId, templateIds, thumbnailCount } = receipt;
  const content = `${formatQuantity(templateIds.length, "template")} and ${formatQuantity(thumbnailCount, "image")}`;
  return `${collection}: person ${subjectId} deleted at ${deletedAt.toISOString()} with ${content}; receipt ${digest}`;
}
