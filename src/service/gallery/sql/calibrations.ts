import type { ThresholdSource } from "../../../faces/people/index.ts";
import type { Connection } from "../engines/index.ts";

/** A row of `calibrations`. */
export type CalibrationRow = {
  readonly model: string;
  readonly far: number;
  readonly threshold: number;
  readonly thresholdLow: number;
  readonly thresholdHigh: number;
  readonly genuineCount: number;
  readonly impostorCount: number;
  readonly sources: readonly ThresholdSource[] | null;
  readonly createdAt: Date;
};

/** Replaces what there is for the same model and FAR. */
export async function upsertCalibration(connection: Connection, row: Omit<CalibrationRow, "createdAt">): Promise<void> {
  await connection.query(
    `insert into calibrations
       (model, far, threshold, threshold_low, threshold_high, genuine_count, impostor_count, sources)
     values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)
     on conflict (model, far) do update set
       threshold = excluded.threshold, threshold_low = excluded.threshold_low, threshold_high = excluded.threshold_high,
       genuine_count = excluded.genuine_count, impostor_count = excluded.impostor_count, sources = excluded.sources,
       created_at = now()`,
    [
      row.model,
      row.far,
      row.threshold,
      row.thresholdLow,
      row.thresholdHigh,
      row.genuineCount,
      row.impostorCount,
      row.sources === null ? null : JSON.stringify(row.sources),
    ],
  );
}

export function selectCalibrations(connection: Connection, model: string): Promise<CalibrationRow[]> {
  return connection.query<CalibrationRow>(
    `select model, far, threshold, threshold_low as "thresholdLow", threshold_high as "thresholdHigh",
       genuine_count as "genuineCount", impostor_count as "impostorCount", sources, created_at as "createdAt"
     from calibrations where model = $1 order by far`,
    [model],
  );
}
