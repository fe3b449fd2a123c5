import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A reference whose element takes the focus when it appears, if wanted: the element that had it has disappeared. */
export function useFocusOnAppearing<E extends HTMLElement>(isWanted = true): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => {
    if (isWanted) element.current?.focus();
  }, []);
  return element;
}
