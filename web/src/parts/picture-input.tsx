import { useEffect, useRef, useState } from "preact/hooks";
import { Camera } from "./camera.tsx";
import { DropArea, FileButton } from "./drop-area.tsx";
import { Icon } from "./icon.tsx";

/** A picture as it came, not decoded. */
export type Picture = { readonly name: string; readonly blob: Blob };

type PictureInputProps = { readonly hint: string; readonly onPictures: (pictures: readonly Picture[]) => void };

/** Pictures by dropping, choosing, pasting, or from the camera. */
export function PictureInput({ hint, onPictures }: PictureInputProps) {
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
    <DropArea
      label="Add pictures"
      onDrop={({ files }) => {
        const pictures = picturesOf(files);
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
            <FileButton label="Choose pictures" accept="image/*" onFiles={(files) => onPictures(picturesOf(files))} />
            <button type="button" class="button" onClick={() => setCamera(true)}>
              <Icon name="camera" /> Camera
            </button>
          </div>
        </>
      )}
    </DropArea>
  );
}

function picturesOf(files: Iterable<File> | undefined): Picture[] {
  return [...(files ?? [])]
    .filter(({ type }) => type.startsWith("image/"))
    .map((file) => ({ name: file.name, blob: file }));
}
