import { type App, Type } from "../app.ts";
import type { ServerParts } from "../parts.ts";
import { answers, Nullable, Score, Timestamp } from "../schemas.ts";

const Model = Type.Object({
  id: Type.String({ description: "Digest over weights and preprocessing: only embeddings of one id can be compared" }),
  size: Type.Integer(),
  license: Type.String(),
  detector: Type.String(),
  detectorLicense: Type.String(),
});

const Calibrated = {
  far: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1, description: "False accept rate of a comparison" }),
  threshold: Type.Number({ minimum: -1, maximum: 1 }),
  genuineCount: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  impostorCount: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
};

/** The networks in use, and what their scores were measured to mean. */
export function modelRoutes(app: App, { faces, gallery, thresholds = [] }: ServerParts): void {
  const tags = ["models"];

  app.get(
    "/v1/models",
    {
      config: { scope: "read" },
      schema: {
        tags,
        summary: "The networks in use",
        response: answers({ 200: Type.Object({ models: Type.Array(Model) }) }),
      },
    },
    () => ({ models: [faces.model] }),
  );

  app.get(
    "/v1/calibrations",
    {
      config: { scope: "read" },
      schema: {
        tags,
        summary: "Thresholds of the model, by the false accept rate that was measured for each",
        response: answers({
          200: Type.Object({
            model: Type.String(),
            calibrations: Type.Array(
              Type.Object({
                far: Type.Number(),
                threshold: Score,
                createdAt: Nullable(Timestamp),
              }),
            ),
          }),
        }),
      },
    },
    async () => {
      const own = await gallery.calibrations(faces.model.id);
      const saved = own.map(({ createdAt, far, threshold }) => ({
        far,
        threshold,
        createdAt: createdAt.toISOString(),
      }));
      const builtIn = thresholds.map(({ far, threshold }) => ({ far, threshold, createdAt: null }));
      return { model: faces.model.id, calibrations: own.length > 0 ? saved : builtIn };
    },
  );

  app.put(
    "/v1/calibrations",
    {
      config: { scope: "admin" },
      schema: {
        tags,
        summary: "Keep what a threshold was measured to mean, in place of what was kept for the same rate",
        body: Type.Object(
          {
            ...Calibrated,
            thresholdInterval: Type.Object(
              { low: Type.Number({ minimum: -1, maximum: 1 }), high: Type.Number({ minimum: -1, maximum: 1 }) },
              { additionalProperties: false, description: "Confidence interval of the threshold" },
            ),
          },
          { additionalProperties: false },
        ),
        response: answers({ 204: Type.Null() }),
      },
    },
    async ({ body, gallery: own }, reply) => {
      await own.saveCalibration({ ...body, model: faces.model.id });
      return reply.code(204).send(null);
    },
  );
}
