import { withGallery } from "../../../gallery.ts";
import { formatQuantity, print, printJson } from "../../../output.ts";
import { describeReceipt } from "../describe-receipt.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags): Promise<void> {
  const receipts = await withGallery(flags, (gallery) => gallery.deleteExpired());
  if (flags.json) printJson(receipts);
  else print(...receipts.map(describeReceipt), `${formatQuantity(receipts.length, "person", "people")} deleted`);
}
