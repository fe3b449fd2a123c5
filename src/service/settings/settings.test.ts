import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { hostileString } from "../../../test/support/hostile-strings.ts";
import { mutationCount, mutationTimeout } from "../../../test/support/mutation-count.ts";
import { OptionError } from "../../base/core/index.ts";
import { readSettings, type Setting, type Settings, settingNames, settings } from "./settings.ts";

const COUNT = mutationCount();
const folder = mkdtempSync(join(tmpdir(), "cosface-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, "settings.json");
  writeFileSync(path, text);
  return path;
}

describe("readSettings", () => {
  it("takes a flag before the environment before the file before the default", async () => {
    const sources = {
      flags: { port: "1" },
      environment: { COSFACE_PORT: "2", COSFACE_THREADS: "3", DATABASE_URL: "postgres://x" },
      file: file('{ "port": 4, "threads": 5, "maxBody": 6, "corsOrigins": ["https://a"] }'),
    };
    const { host, ...rest } = await readSettings(sources);
    expect(host).toBe("127.0.0.1");
    expect(rest).toMatchObject({ port: 1, threads: 3, maxBody: 6, corsOrigins: ["https://a"] });
    expect(rest.databaseUrl).toBe("postgres://x");
    expect(await readSettings({ flags: {}, environment: {} })).not.toHaveProperty("databaseUrl");
  });

  it.each([
    [{ flags: { port: "x" }, environment: {} }, '--port: got "x", expected a whole number'],
    [{ flags: {}, environment: { COSFACE_MAX_BODY: "-1" } }, 'COSFACE_MAX_BODY: got "-1"'],
    [{ flags: { logLevel: "loud" }, environment: {} }, '--log-level: got "loud"'],
    [{ flags: { host: "" }, environment: {} }, "--host: got an empty text"],
    [{ flags: { quality: "maximumYaw" }, environment: {} }, "--quality: expected names and numbers"],
    [{ flags: { quality: "maximumYaw=" }, environment: {} }, "--quality: expected names and numbers"],
    [{ flags: { quality: "=3" }, environment: {} }, "--quality: expected names and numbers"],
  ])("refuses %j", async (sources, message) => {
    await expect(readSettings(sources)).rejects.toThrow(message);
  });

  it.each([
    ["'postgres://u:secret@h/d'", "in quotation marks"],
    ['"postgres://u:secret@h/d"', "in quotation marks"],
    ["postgres://u:secret@h/d ", "begins or ends with a space"],
    ["postgres://u:secret@h/d\r", "another control character"],
    ["mysql://u:secret@h/d", "got an address of mysql, expected postgres://"],
    ["jdbc:postgresql://h/d?password=secret", "got no address of a server"],
    ["u:secret@h/d", "got no address of a server"],
    ["postgres:u:secret@h/d", "got no address of a server"],
    ["host=h password=secret", "got no address of a server"],
    ["postgres://u:sec#ret@h/d", "special characters of the password"],
    ["postgres://u:secret@h:port/d", "cannot be read as an address"],
    ["", "got an empty text"],
  ])("refuses the database %j by its source, without its password", async (databaseUrl, message) => {
    for (const sources of [
      { flags: { databaseUrl }, environment: {} },
      { flags: {}, environment: { DATABASE_URL: databaseUrl } },
      { flags: {}, environment: {}, file: file(JSON.stringify({ databaseUrl })) },
    ]) {
      const refused = readSettings(sources);
      await expect(refused).rejects.toThrow(OptionError);
      await expect(refused).rejects.toThrow(message);
      await expect(refused).rejects.toThrow(/^(--database-url|DATABASE_URL|.*settings\.json: databaseUrl): /);
      await expect(refused).rejects.not.toThrow(/secret|sec#|ret@/);
    }
  });

  it("takes addresses of PostgreSQL as they may be written", async () => {
    for (const [given, read] of [
      ["POSTGRES://h/d", "postgres://h/d"],
      ["postgresql://u:p%23s@h:5433/d?options=-c%20x%3D1", "postgresql://u:p%23s@h:5433/d?options=-c%20x%3D1"],
      ["postgres:///d?host=/run/postgresql", "postgres:///d?host=/run/postgresql"],
    ] as const) {
      expect((await readSettings({ flags: { databaseUrl: given }, environment: {} })).databaseUrl).toBe(read);
    }
  });

  it.each([
    [{ COSFACE_PORT: "70000" }, "expected a whole number from 0 to 65535"],
    [{ COSFACE_PORT: "tcp://10.0.0.1:8000" }, "enableServiceLinks"],
    [{ COSFACE_PORT: "8e3" }, 'got "8e3"'],
    [{ COSFACE_RATE_LIMIT: "0" }, "expected a whole number of at least 1"],
    [{ COSFACE_MAX_PENDING: "0" }, "from 1 to"],
    [{ COSFACE_HOST: "http://0.0.0.0" }, "without scheme and port"],
    [{ COSFACE_HOST: "0.0.0.0:80" }, "expected an IP address or a name"],
    [{ COSFACE_HOST: "300.1.1.1" }, "expected an IP address or a name"],
    [{ COSFACE_CORS_ORIGINS: "https://a.example/" }, "scheme, host and port alone"],
    [{ COSFACE_CORS_ORIGINS: "*" }, "expected each origin by name"],
    [{ COSFACE_CORS_ORIGINS: "a.example" }, "scheme, host and port alone"],
    [{ COSFACE_QUALITY: "maximumYaw=3,maximumYaw=4" }, "got a name twice"],
    [{ COSFACE_MAXBODY: "5" }, "COSFACE_MAXBODY: no setting has this variable: is COSFACE_MAX_BODY meant?"],
    [{ COSFACE_HOSTS: "::1" }, "is COSFACE_HOST meant?"],
    [{ COSFACE_DATA: '"/srv/faces"' }, "COSFACE_DATA: the value is in quotation marks"],
  ])("refuses %j, which could never take effect", async (environment, message) => {
    await expect(readSettings({ flags: {}, environment })).rejects.toThrow(message);
  });

  it("refuses a folder beside a server, and leaves the variables of others alone", async () => {
    const environment = { DATABASE_URL: "postgres://h/d", COSFACE_TEST_DATABASE_URL: "", COSFACE_SHARED: "/x" };
    await expect(readSettings({ flags: { data: "d" }, environment })).rejects.toThrow("DATABASE_URL names a server");
    const { databaseUrl } = await readSettings({ flags: {}, environment: { ...environment, COSFACE_DATA: "/data" } });
    expect(databaseUrl).toBe("postgres://h/d");
  });

  it("gives a value of its kind or a typed error for whatever the environment holds", {
    timeout: mutationTimeout(COUNT),
  }, async () => {
    const names = Object.values<Setting>(settings).map(({ variable }) => variable);
    const value = fc.oneof(hostileString, fc.constantFrom("1", "a=1", "https://a", "postgres://h/d", "::1", "info"));
    const check = fc.asyncProperty(fc.constantFrom(...names), value, async (name, text) => {
      const read = await readSettings({ flags: {}, environment: { [name]: text } }).catch((error: unknown) => error);
      if (read instanceof Error) {
        expect(read).toBeInstanceOf(OptionError);
        expect(read.message.startsWith(`${name}: `)).toBe(true);
        return;
      }
      const { databaseUrl, host, port } = read as Settings;
      if (databaseUrl !== undefined) expect(databaseUrl).toMatch(/^postgres(ql)?:\/\//);
      expect(host).toMatch(/^[\w.:-]+$/);
      expect(port).toBeLessThanOrEqual(65_535);
    });
    await fc.assert(check, { numRuns: COUNT });
  });

  it("gives settings or a typed error for whatever the file holds", { timeout: mutationTimeout(COUNT) }, async () => {
    const json = fc.oneof(
      fc.dictionary(fc.constantFrom(...settingNames), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
      fc.jsonValue({ maxDepth: 3 }),
    );
    const check = fc.asyncProperty(json, hostileString, fc.boolean(), async (value, text, isCut) => {
      const path = file(isCut ? `${JSON.stringify(value).slice(0, -1)}${text}` : JSON.stringify(value));
      const read = await readSettings({ flags: {}, environment: {}, file: path }).catch((error: unknown) => error);
      if (!(read instanceof Error)) return;
      expect(read).toBeInstanceOf(OptionError);
      expect(read.message).toContain(path);
    });
    await fc.assert(check, { numRuns: COUNT });
  });

  it("takes names with numbers as words and from a file", async () => {
    const quality = { maximumYaw: 30, minimumSharpness: 0.05 };
    const words = { COSFACE_QUALITY: "maximumYaw=30, minimumSharpness=0.05" };
    expect(await readSettings({ flags: {}, environment: words })).toMatchObject({ quality });
    const inFile = file(JSON.stringify({ quality }));
    expect(await readSettings({ flags: {}, environment: {}, file: inFile })).toMatchObject({ quality });
    const wrong = { flags: {}, environment: {}, file: file('{ "quality": [1] }') };
    await expect(readSettings(wrong)).rejects.toThrow("expected names and numbers");
  });

  it.each(["[]", "{", '{ "prot": 1 }'])("refuses a file with %s", async (text) => {
    await expect(readSettings({ flags: {}, environment: {}, file: file(text) })).rejects.toThrow("settings.json");
  });
});
