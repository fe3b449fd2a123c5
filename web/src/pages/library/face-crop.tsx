import { useEffect, useState } from "preact/hooks";
import type { Photo } from "../../parts/photo-input.tsx";
import { cutFace } from "./crop.ts";
import type { PileFace } from "./group.ts";

type FaceCropProps = { readonly face: PileFace; readonly photo: Photo };

/** A face, cut out of its photo. */
export function FaceCrop({ face, photo }: FaceCropProps) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    let made: string | undefined;
    let isGone = false;
    cutFace(photo.blob, face.box).then(
      (cut) => {
        if (isGone) return;
        made = URL.createObjectURL(cut);
        setUrl(made);
      },
      () => setUrl(undefined), // the browser cannot read this format: the tile stays blank
    );
    return () => {
      isGone = true;
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [photo, face]);
  if (url === undefined) return <div class="tile-blank" />;
  return <img src={url} alt={`Face in ${photo.name}`} />;
}
