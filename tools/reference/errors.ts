import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorStatus } from "../../src/base/core/index.ts";
import { code, page, table } from "./markdown.ts";

const source = readFileSync(join(import.meta.dirname, "..", "..", "src", "base", "core", "errors.ts"), "utf8");

/** What a caller can do about each error. */
const remedies: Readonly<Record<string, string>> = {
  COSFACE_SHAPE: "compare the two shapes in the message",
  COSFACE_DATASET: "repair the file that the message names",
  COSFACE_IMAGE: "leave the image out, or convert it",
  COSFACE_MODEL: "give another file, or state the preprocessing that the file lacks",
  COSFACE_DEVICE: "choose a device that `cosface doctor` lists",
  COSFACE_DIVERGENCE: "lower the learning rate, or warm it and the margin up",
  COSFACE_TRAINING: "follow the message: it names the data or the checkpoint",
  COSFACE_CALIBRATION: "run `cosface calibrate`, or choose a false accept rate that was calibrated",
  COSFACE_FACE: "choose another photograph, or pass `--face largest`",
  COSFACE_QUALITY: "take another photograph, as each of its `reasons` asks",
  COSFACE_OPTION: "give a value in the range that the message states",
  COSFACE_GALLERY: "follow the message: embed the faces again, or open the gallery with its key",
  COSFACE_NOT_FOUND: "list what exists",
  COSFACE_CONFLICT: "choose another name, or use what exists",
  COSFACE_UNAVAILABLE: "try again later, or end the process that holds the database",
  COSFACE_UNAUTHORIZED: "send a key as `x-api-key` or `Authorization: Bearer`",
  COSFACE_FORBIDDEN: "use a key with the scope that the message names",
  COSFACE_METHOD: "use one of the methods in the header `Allow`",
  COSFACE_MEDIA_TYPE: "send the header `content-type` with one of the types that the message lists",
  COSFACE_TOO_LARGE: "send less at once, or smaller images",
  COSFACE_DOWNLOAD: "run it again, it continues where it stopped; compare address and digest",
  COSFACE_RATE: "wait as long as `Retry-After` says",
  COSFACE_INTERNAL: "report it, with the log's entry of the request's id",
};

/** What each quality reason measures. */
export const qualityMeasures: Readonly<Record<string, string>> = {
  "uncertain-face": "the detector's score",
  "too-small": "pixels between the eyes",
  blurred: "fine detail of the aligned face, relative to its contrast",
  "too-dark": "mean luma of the face, 0 to 255",
  "too-bright": "mean luma of the face, 0 to 255",
  "low-contrast": "standard deviation of the luma",
  "turned-aside": "yaw in degrees, to either side",
  "turned-up-or-down": "pitch in degrees, up or down",
  tilted: "roll in degrees",
};

/** Every error class with its code, its doc comment, its remedy and its HTTP status. */
export function renderErrors(): string {
  return page(
    "# Errors",
    "Every error that a caller can act on is a `CosfaceError` with one of these codes. Its message says what was received, what " +
      "was expected and what to do; it never contains pixels, embeddings or names of people. `cause` is kept. On the command " +
      "line an error is one line on stderr, `error: …`, and exit code 2.",
    table(["code", "class", "meaning", "what to do", "HTTP"], errorRows()),
    "The service answers an error as `application/problem+json` (RFC 9457): `type` is `about:blank`, `status` and `title` are " +
      "HTTP's, `detail` is the message, `code` is the code, and `instance` is the id under which the log has the request.",
    "## Reasons of `COSFACE_QUALITY`",
    "A face that is refused at enrollment carries every reason in `reasons`, the worst for recognition first: a code, a sentence " +
      "for the person, the measure as `value` and the `limit` that it violates.",
    table(
      ["reason", "measure"],
      Object.entries(qualityMeasures).map(([reason, measure]) => [code(reason), measure]),
    ),
  );
}

function errorRows(): string[][] {
  const classes = source.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport class (\w+) extends CosfaceError \{[\s\S]*?super\("(\w+)"/g,
  );
  return [...classes].map(([, comment = "", name = "", errorCode = ""]) => {
    const remedy = remedies[errorCode];
    const status = errorStatus[errorCode];
    if (remedy === undefined || status === undefined) throw new Error(`${errorCode}: no remedy or no HTTP status`);
    const meaning = comment.replace(/\n? \* ?/g, " ").trim();
    return [code(errorCode), code(name), meaning, remedy, `${status}`];
  });
}
