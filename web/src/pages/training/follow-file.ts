/**
 * A file that goes on growing. Chromium's browsers hand out a handle, through which the file can be read again as the
 * run writes it; elsewhere a chosen file stays as it was when it was chosen.
 */

/** A file by name and how it is read as it is now; `isLive` when it can be read again. */
export type LogFile = { readonly name: string; readonly isLive: boolean; readonly read: () => Promise<string> };

/** Not yet in TypeScript's library. */
type FileHandle = { readonly kind: "file" | "directory"; readonly name: string; getFile(): Promise<File> };

const pickerOf = () =>
  (window as unknown as { showOpenFilePicker?: (options: { multiple: boolean }) => Promise<FileHandle[]> })
    .showOpenFilePicker;

/** Whether `pickLogs` can be used: then logs can be followed. */
export const canPickLogs = () => pickerOf() !== undefined;

/** Lets the user choose logs to follow; none when that is broken off. */
export async function pickLogs(): Promise<LogFile[]> {
  try {
    const handles = (await pickerOf()?.call(window, { multiple: true })) ?? [];
    return handles.map(followed);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return [];
    throw error;
  }
}

/** Logs of a drop. The handles must be asked for before the event is over, so this begins at once. */
export async function droppedLogs(transfer: DataTransfer): Promise<LogFile[]> {
  const asked = [...transfer.items]
    .filter(({ kind }) => kind === "file")
    .map((item) => {
      const file = item.getAsFile();
      const handle = (
        item as DataTransferItem & { getAsFileSystemHandle?: () => Promise<FileHandle | null> }
      ).getAsFileSystemHandle?.();
      return Promise.resolve(handle).then(
        (found) => (found?.kind === "file" ? followed(found) : file === null ? undefined : still(file)),
        () => (file === null ? undefined : still(file)),
      );
    });
  return (await Promise.all(asked)).filter((log) => log !== undefined);
}

/** A file from a plain file input. */
export function still(file: File): LogFile {
  return { name: file.name, isLive: false, read: () => file.text() };
}

function followed(handle: FileHandle): LogFile {
  return { name: handle.name, isLive: true, read: async () => (await handle.getFile()).text() };
}
