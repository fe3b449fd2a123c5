/**
 * Light or dark: the system's theme until the reader chooses. `tokens.css` and figures follow the attribute.
 */
import { useEffect, useState } from "preact/hooks";

export type Theme = "light" | "dark";

const STORED = "cosface-theme";

export function useTheme(): { readonly theme: Theme; readonly toggle: () => void } {
  const [chosen, setChosen] = useState(() => localStorage.getItem(STORED));
  const [isSystemDark, setSystemDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setSystemDark(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  const theme: Theme = chosen === "light" || chosen === "dark" ? chosen : isSystemDark ? "dark" : "light";
  document.documentElement.dataset.theme = theme;
  const toggle = () => {
    const next = theme === "dark" ? "light" : "dark";
    localStorage.setItem(STORED, next);
    setChosen(next);
  };
  return { theme, toggle };
}
