/** Serves the files of one folder, such as the web application, and no other files. */
import fastifyStatic from "@fastify/static";
import type { App } from "./app.ts";

/** Serves a folder at "/": its index.html, and files by their names; nothing without a folder. */
export async function servePages(app: App, folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  await app.register(async (pages) => {
    pages.addHook("onRoute", (route) => {
      route.config = { ...route.config, scope: "public" };
      route.schema = { ...route.schema, hide: true };
    });
    // The files are listed once, now: no part of a request's address is ever joined to a path.
    await pages.register(fastifyStatic, { root: folder, wildcard: false, dotfiles: "ignore" });
  });
}
