import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

type DropAreaProps = {
  /** What is dropped here, for a reader who does not see the area. */
  readonly label: string;
  readonly onDrop: (transfer: DataTransfer) => void;
  readonly children: ComponentChildren;
};

/** An area that files are dropped on. */
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

/** A button that files are chosen with; the same ones can be chosen again. */
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
