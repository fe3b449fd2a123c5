/**
 * The page that the address names, after the `#`, so that the service answers every page with the same file, and a
 * reload or a bookmark opens the same page.
 */
import { useEffect, useState } from "preact/hooks";

export const routes = ["recognize", "people", "library", "training", "playground"] as const;
export type Route = (typeof routes)[number];

/** The route of a hash such as `#/people`; the first one for any other hash. */
export function routeOf(hash: string): Route {
  const name = hash.replace(/^#\/?/, "");
  return routes.find((route) => route === name) ?? routes[0];
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const follow = () => setRoute(routeOf(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}
