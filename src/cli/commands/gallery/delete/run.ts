import { OptionError } from "../../../../base/core/index.ts";
import { writeAtomically } from "../../../../base/files/index.ts";
import { withGallery } from "../../../gallery.ts";
import { print, printJson } from "../../../output.ts";
import { describeReceipt } from "../describe-receipt.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, name: string, subject: string | undefined): Promise<void> {
  if ((subject === undefined) !== (flags.wholeCollection ?? false)) {
    throw new OptionError("expected either the name of a person or --whole-collection");
  }
  if (subject === undefined) {
    await withGallery(flags, (gallery) => gallery.deleteCollection(name));
    if (flags.json) printJson({ collection: name });
    else print(`${name}: deleted`);
    return;
  }
  const receipt = await withGallery(flags, async (gallery) => {
    const collection = await gallery.collection(name);
    return collection.deleteSubject(subject);
  });
  if (flags.receipt !== undefined) await writeAtomically(flags.receipt, [`${JSON.stringify(receipt, null, 2)}\n`]);
  if (flags.json) printJson(receipt);
  else print(describeReceipt(receipt));
}
