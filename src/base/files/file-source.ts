/**
 * Files by address: where the bytes of models and weights come from. This file is the interface; one file for each
 * platform implements it (`node.ts`), and `platform.ts` chooses. A page's implementation maps `npm:` to the folder of
 * its assets, fetches, and may keep what it fetched in a cache.
 */

/** What one platform provides to read files. */
export interface FileSource {
  /**
   * Reads a whole file. An address is
   * - `npm:PACKAGE/PATH`: a file of an installed npm package, such as "npm:@mediapipe/face_mesh/package.json";
   * - `https:…`, `http:…` or `file:…`: a URL;
   * - anything else: a path.
   *
   * @throws {DownloadError} when a server does not give the file; an error of the system when a file cannot be read.
   */
  read(address: string): Promise<Uint8Array>;
}
