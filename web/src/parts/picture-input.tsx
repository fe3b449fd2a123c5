import { useEffect, useRef, useState } from "preact/hooks";
import { Camera } from "./camera.tsx";
import { Icon } from "./icon.tsx";

/** A picture as it came, not decoded. */
export type Picture = { readonly name: string; readonly blob: Blob };

type PictureInputProps = { readonly hint: string; readonly onPictures: (pictures: readonly Picture[]) => void };

/** Pictures by dropping, choosing, pasting, or from the camera. */
export function PictureInput({ hint, onPictures }: PictureInputProps) {
  const [isOver, setOver] = useState(false);
  const [hasCamera, setCamera] = useState(false);
  const take = useRef(onPictures);
  take.current = onPictures;
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const pictures = picturesOf(event.clipboardData?.files);
      if (pictures.length > 0) take.current(pictures);
    };
    addEventListener("paste", paste);
    return () => removeEventListener("paste", paste);
  }, []);
  return (
    <section
      class={`drop ${isOver ? "over" : ""}`}
      aria-label="Add pictures"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const pictures = picturesOf(event.dataTransfer?.files);
        if (pictures.length > 0) onPictures(pictures);
      }}
    >
      {hasCamera ? (
        <Camera onPicture={(blob) => onPictures([{ name: "camera", blob }])} onClose={() => setCamera(false)} />
      ) : (
        <>
          <Icon name="picture" />
          <p>{hint}</p>
          <div class="row">
            <label class="button primary file">
              Choose pictures
              <input
                type="file"
                accept="image/*"
                multiple
                onChange={(event) => {
                  onPictures(picturesOf(event.currentTarget.files));
                  event.currentTarget.value = "";
                }}
              />
            </label>
            <button type="button" class="button" onClick={() => setCamera(true)}>
              <Icon name="camera" /> Camera
            </button>
          </div>
        </>
      )}
    </section>
  );
}

function picturesOf(files: FileList | null | undefined): Picture[] {
  return [...(files ?? [])]
    .filter(({ type }) => type.startsWith("image/"))
    .map((file) => ({ name: file.name, blob: file }));
}
