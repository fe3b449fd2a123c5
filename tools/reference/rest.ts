import { buildServer, type ServerParts } from "../../src/service/server/index.ts";
import { code, page, table } from "./markdown.ts";

type Operation = { readonly summary?: string; readonly description?: string };
type Description = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

/** Every route of the service, from its OpenAPI description. */
export async function renderRest(): Promise<string> {
  // Routes read their parts when a request arrives; describing them asks for none.
  const app = await buildServer({ faces: {}, gallery: {} } as ServerParts);
  const { paths } = app.swagger() as Description;
  await app.close();
  const rows = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { summary, description }]) => [
      code(method.toUpperCase()),
      code(path),
      summary ?? description ?? "",
    ]),
  );
  return page(
    "# REST",
    "The service serves the same description as OpenAPI 3.1 at `/openapi.json`, and as a page at `/docs`.",
    table(["method", "path", "what it does"], rows),
  );
}
