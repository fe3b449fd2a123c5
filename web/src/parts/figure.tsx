/**
 * Figures of the reports, in the page. Their SVG brings its colors as a style sheet and its fonts as style attributes;
 * the service's content security policy allows neither in markup, so both are set through the object model instead.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import "./figure-colors.ts";

type FigureProps = {
  /** Draws for a width in CSS pixels. */
  readonly draw: (width: number) => string;
  readonly title: string;
  readonly caption?: string;
};

/** A figure as wide as its container. */
export function Figure({ draw, title, caption }: FigureProps) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (width > 0) show(place.current!, draw(width));
  }, [width, draw]);
  return (
    <figure>
      <figcaption>
        <b>{title}</b>
        {caption !== undefined && <span>{caption}</span>}
      </figcaption>
      <div ref={place} class="figure-place" />
    </figure>
  );
}

function show(place: HTMLElement, svg: string): void {
  const text = svg.replace(/<style>[\s\S]*?<\/style>/, "").replaceAll(' style="', ' data-style="');
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  for (const element of parsed.querySelectorAll<SVGElement>("[data-style]")) {
    element.style.cssText = element.dataset.style ?? "";
    delete element.dataset.style;
  }
  place.replaceChildren(parsed);
}
