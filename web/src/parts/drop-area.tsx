import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

type DropAreaProps = {
  /** Name of the area for screen readers. */
  readonly label: string;
  readonly onDrop: (transfer: DataTransfer) => void;
  readonly children: ComponentChildren;
};

/** An area that accepts dropped files. */
export function DropArea({ label, onDrop, children }: DropAreaProps) {
  const [isOver, setOver] = useState(false);
  return (
    <section
      class={`drop ${isOver ? "over" : ""}`}
      aria-label={label}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer !== null) onDrop(event.dataTransfer);
      }}
    >
      {children}
    </section>
  );
}

type FileButtonProps = {
  readonly label: string;
  /** As the attribute of an input: types and endings, with commas. */
  readonly accept: string;
  readonly onFiles: (files: readonly File[]) => void;
};

/** A button that opens a choice of files; the same files can be chosen again. */
export function FileButton({ label, accept, onFiles }: FileButtonProps) {
  return (
    <label class="button primary file">
      {label}
      <input
        type="file"
        accept={accept}
        multiple
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}
