import { useEffect, useRef, useState } from "preact/hooks";
import { Camera } from "./camera.tsx";
import { DropArea, FileButton } from "./drop-area.tsx";
import { Icon } from "./icon.tsx";

/** A photo as encoded bytes, with the name of its file. */
export type Photo = { readonly name: string; readonly blob: Blob };

type PhotoInputProps = { readonly hint: string; readonly onPhotos: (photos: readonly Photo[]) => void };

/** Takes photos by dropping, choosing or pasting files, or from the camera. */
export function PhotoInput({ hint, onPhotos }: PhotoInputProps) {
  const [hasCamera, setCamera] = useState(false);
  const take = useRef(onPhotos);
  take.current = onPhotos;
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const photos = photosOf(event.clipboardData?.files);
      if (photos.length > 0) take.current(photos);
    };
    addEventListener("paste", paste);
    return () => removeEventListener("paste", paste);
  }, []);
  return (
    <DropArea
      label="Add photos"
      onDrop={({ files }) => {
        const photos = photosOf(files);
        if (photos.length > 0) onPhotos(photos);
      }}
    >
      {hasCamera ? (
        <Camera onPhoto={(blob) => onPhotos([{ name: "camera", blob }])} onClose={() => setCamera(false)} />
      ) : (
        <>
          <Icon name="photo" />
          <p>{hint}</p>
          <div class="row">
            <FileButton label="Choose photos" accept="image/*" onFiles={(files) => onPhotos(photosOf(files))} />
            <button type="button" class="button" onClick={() => setCamera(true)}>
              <Icon name="camera" /> Camera
            </button>
          </div>
        </>
      )}
    </DropArea>
  );
}

function photosOf(files: Iterable<File> | undefined): Photo[] {
  return [...(files ?? [])]
    .filter(({ type }) => type.startsWith("image/"))
    .map((file) => ({ name: file.name, blob: file }));
}
