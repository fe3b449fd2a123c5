import { afterEach, expect, it, vi } from "vitest";
import { note, print, printJson } from "./output.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

it("text for a terminal holds nothing that it obeys, and JSON what it is", () => {
  const [out, err] = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation(() => true),
  );
  const name = "a\u001b[2J\r\u202egpj.jpg";
  print(`${name}: face`, "\tsecond line");
  note(`left out: ${name}`);
  printJson({ name });
  const [text, json] = out!.mock.calls.map(([written]) => String(written));
  expect(text).toBe("a\\u{1b}[2J\\u{d}\\u{202e}gpj.jpg: face\n\tsecond line\n");
  expect(err!.mock.calls.map(([written]) => String(written)).join("")).toMatch(/^left out: a\\u\{1b\}\[2J/);
  expect(JSON.parse(json!)).toEqual({ name });
});
