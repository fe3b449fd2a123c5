import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";

/** What a notice is about: plain information, something that went wrong, something that was done. */
export type NoticeKind = "information" | "warning" | "good";

const icons = { information: "information", warning: "warning", good: "check" } as const;

/** A message in the page. Warnings and what was done are spoken as they appear. */
export function Notice({ kind = "information", children }: { kind?: NoticeKind; children: ComponentChildren }) {
  const role = kind === "warning" ? "alert" : kind === "good" ? "status" : undefined;
  return (
    <div class={`notice ${kind}`} role={role}>
      <Icon name={icons[kind]} />
      <div>{children}</div>
    </div>
  );
}
