import { addRoute } from "../add-route.ts";
import type { App } from "../app.ts";
import { contract } from "../contract/index.ts";
import type { ServerParts } from "../parts.ts";

/** The networks in use, and their measured thresholds. */
export function modelRoutes(app: App, { faces, gallery, thresholds = [] }: ServerParts): void {
  addRoute(app, contract.listModels, () => ({ models: [faces.model] }));

  addRoute(app, contract.listCalibrations, async () => {
    const own = await gallery.calibrations(faces.model.id);
    const saved = own.map(({ createdAt, far, threshold, sources = null }) => ({
      far,
      threshold,
      sources,
      createdAt: createdAt.toISOString(),
    }));
    const builtIn = thresholds.map(({ far, threshold, sources = null }) => ({
      far,
      threshold,
      sources,
      createdAt: null,
    }));
    return { model: faces.model.id, calibrations: own.length > 0 ? saved : builtIn };
  });

  addRoute(app, contract.saveCalibration, ({ body, gallery: own }) =>
    own.saveCalibration({ ...body, model: faces.model.id }),
  );
}
