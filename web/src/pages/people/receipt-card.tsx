import { Notice } from "../../parts/notice.tsx";
import type { Receipt } from "../../service/answers.ts";
import { countOf } from "../../wording.ts";

/** What was deleted, to be kept by whoever asked for it. It names nobody. */
export function ReceiptCard({ receipt, onClose }: { readonly receipt: Receipt; readonly onClose: () => void }) {
  const { templateIds, thumbnailCount, deletedAt, digest } = receipt;
  return (
    <section class="card" aria-label="Receipt">
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
