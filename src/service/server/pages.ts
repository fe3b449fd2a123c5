/** Pages and scripts that are served as they are, from one folder and from nowhere else. */
import fastifyStatic from "@fastify/static";
import type { App } from "./app.ts";

/** Serves a folder at "/": its index.html, and files by their names. Without a folder, nothing. */
export async function servePages(app: App, folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  await app.register(async (pages) => {
    pages.addHook("onRoute", (route) => {
      route.config = { ...route.config, scope: "public" };
      route.schema = { ...route.schema, hide: true };
    });
    // The files are found now, once: no part of a request's address is ever joined to a path.
    await pages.register(fastifyStatic, { root: folder, wildcard: false, dotfiles: "ignore" });
  });
}
