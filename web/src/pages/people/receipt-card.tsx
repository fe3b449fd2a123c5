import type { Receipt } from "../../../../src/service/server/contract/index.ts";
import { Notice } from "../../parts/notice.tsx";
import { useFocusOnAppearing } from "../../parts/use-focus.ts";
import { countOf } from "../../wording.ts";

/** The receipt of a deletion, for the person who asked for it. It contains no name. */
export function ReceiptCard({ receipt, onClose }: { readonly receipt: Receipt; readonly onClose: () => void }) {
  const { templateIds, thumbnailCount, deletedAt, digest } = receipt;
  const card = useFocusOnAppearing<HTMLElement>();
  return (
    <section ref={card} class="card" aria-label="Receipt" tabIndex={-1}>
      <Notice kind="good">
        <b>Deleted.</b> {countOf(templateIds.length, "template", "templates")} and{" "}
        {countOf(thumbnailCount, "crop", "crops")} are gone.
      </Notice>
      <dl class="facts">
        <dt>When</dt>
        <dd>{new Date(deletedAt).toLocaleString()}</dd>
        <dt>Receipt</dt>
        <dd>
          <code>{digest}</code>
        </dd>
      </dl>
      <div class="row">
        <button type="button" class="button" onClick={() => save(receipt)}>
          Save receipt
        </button>
        <button type="button" class="button quiet" onClick={onClose}>
          Close
        </button>
      </div>
    </section>
  );
}

function save(receipt: Receipt): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(receipt, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `receipt-${receipt.digest.slice(0, 12)}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
