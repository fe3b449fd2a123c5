import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A reference whose element gets the focus when it appears, if wanted: what had the focus before has disappeared. */
export function useFocusOnAppearing<E extends HTMLElement>(isWanted = true): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => {
    if (isWanted) element.current?.focus();
  }, []);
  return element;
}
