import { useEffect, useMemo, useState } from "preact/hooks";
import { DropArea, FileButton } from "../../parts/drop-area.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Notice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { canPickLogs, droppedLogs, type LogFile, pickLogs, still } from "./follow-file.ts";
import type { Run } from "./run.ts";
import { RunFigures } from "./run-figures.tsx";
import { parseRunLog, type RunRow } from "./run-log.ts";
import { RunTable } from "./run-table.tsx";

/** Interval at which a growing log is read again. */
const FOLLOW_SECONDS = 2;

export function Training() {
  const [runs, setRuns] = useState<readonly Run[]>([]);
  const [problem, setProblem] = useState<string>();

  const add = async (files: readonly LogFile[]) => {
    setProblem(undefined);
    for (const file of files) {
      try {
        const text = await file.read();
        const rows = parseRunLog(text, file.name);
        setRuns((before) => [...before, { name: nameFor(file.name, rows, before), file, text, rows }]);
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
      }
    }
  };
  useFollowed(runs, setRuns);

  return (
    <>
      <PageHead title="Training">
        Curves of runs, from the <code>log.jsonl</code> in a run's folder. The files stay on this machine.
      </PageHead>
      <div class="stack loose">
        <DropArea label="Add run logs" onDrop={(transfer) => void droppedLogs(transfer).then(add)}>
          <Icon name="chart" />
          <p>Drop one or several logs here; runs are compared in the same figures.</p>
          <div class="row">
            <FileButton
              label="Choose logs"
              accept=".jsonl,.json,.txt"
              onFiles={(files) => void add(files.map(still))}
            />
            {canPickLogs() && (
              <button type="button" class="button" onClick={() => void pickLogs().then(add)}>
                Follow a running log
              </button>
            )}
          </div>
        </DropArea>
        {problem !== undefined && <Notice kind="warning">{problem}</Notice>}
        {runs.length > 0 && (
          <>
            <RunTable runs={runs} onRemove={(name) => setRuns(runs.filter((run) => run.name !== name))} />
            <RunFigures runs={runs} />
          </>
        )}
      </div>
    </>
  );
}

/** Reads live files again; a run whose text has not changed stays the same object, so that nothing is redrawn. */
function useFollowed(
  runs: readonly Run[],
  setRuns: (change: (before: readonly Run[]) => readonly Run[]) => void,
): void {
  const live = useMemo(() => runs.filter(({ file }) => file.isLive), [runs]);
  useEffect(() => {
    if (live.length === 0) return;
    const timer = setTimeout(async () => {
      const texts = new Map<LogFile, string>();
      for (const { file, text } of live) texts.set(file, await file.read().catch(() => text));
      setRuns((before) =>
        before.map((run) => {
          const text = texts.get(run.file);
          return text === undefined || text === run.text ? run : { ...run, text, rows: parseRunLog(text, run.name) };
        }),
      );
    }, FOLLOW_SECONDS * 1000);
    return () => clearTimeout(timer);
  }, [live, setRuns]);
}

/** A file's own name where it says something; for a `log.jsonl`, what was trained; and a number where that is taken. */
function nameFor(fileName: string, rows: readonly RunRow[], runs: readonly Run[]): string {
  const stem = fileName.replace(/\.[^.]*$/, "");
  const options = rows.find((row) => row.kind === "start")?.options;
  const loss = options?.loss as { name?: string } | undefined;
  const wanted = stem === "log" && loss?.name !== undefined ? `${options?.network} ${loss.name}` : stem;
  const taken = new Set(runs.map(({ name }) => name));
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted} ${count}`;
  return name;
}
