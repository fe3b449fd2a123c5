import { formatCount, formatDuration, formatNumber, formatPercent } from "../../../../src/measure/report/index.ts";
import type { Run } from "./run.ts";
import { factsOf } from "./run-log.ts";

const missing = "–";

/** The runs with their latest numbers. */
export function RunTable({ runs, onRemove }: { runs: readonly Run[]; onRemove: (name: string) => void }) {
  return (
    <section class="table" aria-label="Runs">
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Iterations</th>
            <th scope="col">Loss</th>
            <th scope="col">Training accuracy</th>
            <th scope="col">Verification</th>
            <th scope="col">Images/s</th>
            <th scope="col">Time</th>
            <th>
              <span class="unseen">Remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map(({ name, file, rows }) => {
            const facts = factsOf(rows);
            const show = (value: number | undefined, format: (value: number) => string) =>
              value === undefined ? missing : format(value);
            return (
              <tr key={name}>
                <th scope="row">
                  {name} {file.isLive && <span class="pill good">live</span>}
                  <div class="small muted">{facts.recipe}</div>
                </th>
                <td>{formatCount(facts.iteration)}</td>
                <td>{show(facts.loss, formatNumber)}</td>
                <td>{show(facts.accuracy, formatPercent)}</td>
                <td>{show(facts.verification, formatPercent)}</td>
                <td>{show(facts.imagesPerSecond, (value) => formatNumber(value, 3))}</td>
                <td>{show(facts.seconds, formatDuration)}</td>
                <td>
                  <button type="button" class="button quiet small" onClick={() => onRemove(name)}>
                    Remove <span class="unseen">{name}</span>
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
