import type { DeletionReceipt } from "../../../service/gallery/index.ts";

/** A receipt in one line. It has ids and counts, and no name. */
export function describeReceipt(receipt: DeletionReceipt): string {
  const { collection, deletedAt, digest, subjectId, templateIds, thumbnailCount } = receipt;
  const content = `${templateIds.length} templates and ${thumbnailCount} images`;
  return `${collection}: person ${subjectId} deleted at ${deletedAt.toISOString()} with ${content}; receipt ${digest}`;
}
