import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";

/** Kind of a notice: information, a problem, or a success. */
export type NoticeKind = "information" | "warning" | "good";

const icons = { information: "information", warning: "warning", good: "check" } as const;

/** A message in the page. Screen readers announce problems and successes as they appear. */
export function Notice({ kind = "information", children }: { kind?: NoticeKind; children: ComponentChildren }) {
  const role = kind === "warning" ? "alert" : kind === "good" ? "status" : undefined;
  return (
    <div class={`notice ${kind}`} role={role}>
      <Icon name={icons[kind]} />
      <div>{children}</div>
    </div>
  );
}
