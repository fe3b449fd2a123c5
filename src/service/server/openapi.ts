/** The contract as OpenAPI 3.1, and a page to read it on. */
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { App } from "./app.ts";

/** Starts to collect routes; call it before they are added. */
export async function describeApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "cosface",
        version: "1",
        description: "Face recognition: people, their images, and who an image shows. Scores are cosines.",
      },
      components: {
        securitySchemes: {
          key: { type: "apiKey", in: "header", name: "x-api-key" },
          bearer: { type: "http", scheme: "bearer" },
        },
      },
      security: [{ key: [] }, { bearer: [] }],
    },
  });
  app.get("/openapi.json", { config: { scope: "public" }, schema: { hide: true } }, () => app.swagger());
  await app.register(async (pages) => {
    pages.addHook("onRoute", (route) => {
      route.config = { ...route.config, scope: "public" };
    });
    await pages.register(swaggerUi, { routePrefix: "/docs", uiConfig: { validatorUrl: "none" } });
  });
}
