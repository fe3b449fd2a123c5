import { lazy, Suspense } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import { Library } from "./pages/library/library.tsx";
import { People } from "./pages/people/people.tsx";
import { Recognize } from "./pages/recognize/recognize.tsx";
import { Icon } from "./parts/icon.tsx";
import { type Route, routes, useRoute } from "./route.ts";
import { type Theme, useTheme } from "./theme.ts";

const titles: Readonly<Record<Route, string>> = {
  recognize: "Recognize",
  people: "People",
  library: "Library",
  training: "Training",
  playground: "Playground",
};

// The figures of these two are larger than everything else, so they are loaded on demand.
const Training = lazy(() => import("./pages/training/training.tsx").then(({ Training }) => ({ default: Training })));
const Playground = lazy(() =>
  import("./pages/playground/playground.tsx").then(({ Playground }) => ({ default: Playground })),
);

export function App() {
  const route = useRoute();
  const { theme, toggle } = useTheme();
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${titles[route]} · cosface`;
    scrollTo(0, 0);
  }, [route]);
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <header class="top">
        <div class="top-row">
          <a class="brand" href="#/recognize">
            <Icon name="playground" />
            cosface
          </a>
          <nav class="tabs" aria-label="Pages">
            {routes.map((name) => (
              <a key={name} class="tab" href={`#/${name}`} aria-current={name === route ? "page" : undefined}>
                <Icon name={name} />
                {titles[name]}
              </a>
            ))}
          </nav>
          <button
            type="button"
            class="button quiet icon"
            onClick={toggle}
            aria-label={theme === "dark" ? "Light theme" : "Dark theme"}
          >
            <Icon name={theme === "dark" ? "sun" : "moon"} />
          </button>
        </div>
      </header>
      <main ref={main} class="page" tabIndex={-1}>
        <Suspense fallback={<p class="muted">Loading …</p>}>
          <Page route={route} theme={theme} />
        </Suspense>
      </main>
    </>
  );
}

function Page({ route, theme }: { readonly route: Route; readonly theme: Theme }) {
  switch (route) {
    case "training":
      return <Training />;
    case "playground":
      return <Playground theme={theme} />;
    case "recognize":
      return <Recognize />;
    case "people":
      return <People />;
    case "library":
      return <Library />;
  }
}
