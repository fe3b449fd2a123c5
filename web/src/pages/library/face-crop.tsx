import { useEffect, useState } from "preact/hooks";
import type { Picture } from "../../parts/picture-input.tsx";
import { cutFace } from "./crop.ts";
import type { PileFace } from "./group.ts";

type FaceCropProps = { readonly face: PileFace; readonly picture: Picture };

/** A face, cut out of its picture. */
export function FaceCrop({ face, picture }: FaceCropProps) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    let made: string | undefined;
    let isGone = false;
    cutFace(picture.blob, face.box).then(
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
  }, [picture, face]);
  if (url === undefined) return <div class="tile-blank" />;
  return <img src={url} alt={`Face in ${picture.name}`} />;
}
