/**
 * A file that is still growing. Chromium's browsers provide a handle, through which the file can be read again while
 * the run writes it; in other browsers a chosen file keeps its content of that moment.
 */

/** A file with its name and a function that reads its current content; `isLive` if it can be read again. */
export type LogFile = { readonly name: string; readonly isLive: boolean; readonly read: () => Promise<string> };

/** Not yet in TypeScript's library. */
type FileHandle = { readonly kind: "file" | "directory"; readonly name: string; getFile(): Promise<File> };

const pickerOf = () =>
  (window as unknown as { showOpenFilePicker?: (options: { multiple: boolean }) => Promise<FileHandle[]> })
    .showOpenFilePicker;

/** Whether the browser has `pickLogs`, so that logs can be followed. */
export const canPickLogs = () => pickerOf() !== undefined;

/** Lets the user choose logs to follow; empty when the user cancels. */
export async function pickLogs(): Promise<LogFile[]> {
  try {
    const handles = (await pickerOf()?.call(window, { multiple: true })) ?? [];
    return handles.map(followed);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return [];
    throw error;
  }
}

/** Logs of a drop. The handles must be requested before the event is over, so this starts at once. */
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
