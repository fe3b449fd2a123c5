/** What nobody should send: no answer is a fault of the service, and none takes long. */
import { connect } from "node:net";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { facesImage, fakeFaces } from "../../../test/fake-faces.ts";
import { hostileString } from "../../../test/support/hostile-strings.ts";
import { type Gallery, openGallery } from "../gallery/index.ts";
import type { App } from "./app.ts";
import { buildServer } from "./build-server.ts";

let app: App;
let gallery: Gallery;
let key: string;

beforeAll(async () => {
  gallery = await openGallery();
  key = (await gallery.keys.create({ name: "test", scopes: ["admin"] })).key;
  const limits = { bodyBytes: 2 ** 20, requestsPerMinute: 1_000_000, requestSeconds: 1 };
  app = await buildServer({ faces: fakeFaces(), gallery, limits });
});
afterAll(async () => {
  await app.close();
  await gallery.close();
});

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

async function send(method: Method, url: string, payload?: string | object | Buffer, type?: string) {
  const answer = await app.inject({
    method,
    url,
    headers: { "x-api-key": key, ...(type === undefined ? {} : { "content-type": type }) },
    ...(payload === undefined ? {} : { payload }),
  });
  if (answer.statusCode >= 400 && !url.startsWith("/api/")) {
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(answer.json().code).toMatch(/^COSFACE_/);
  }
  return answer;
}

describe("strings that are up to something", () => {
  it("are names like others, or are refused: in addresses, queries and bodies", async () => {
    const image = await facesImage([250, 10, 10]);
    const check = fc.asyncProperty(hostileString, hostileString, async (one, two) => {
      const [a, b] = [one, two].map((text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd")));
      const subject = `/v1/collections/${a}/subjects/${b}`;
      const answers = [
        await send("POST", "/v1/collections", { name: one }),
        await send("POST", `/v1/collections/${a}/subjects`, { name: two, consent: one, metadata: { [one]: two } }),
        await send("POST", `${subject}/templates`, image, "image/png"),
        await send("PATCH", subject, { name: one }),
        await send("POST", `${subject}/merge`, { from: one }),
        await send("GET", `/v1/collections/${a}/subjects?after=${b}&limit=${a}`),
        await send("GET", `/v1/collections/${a}/templates/${b}/thumbnail`),
        await send("POST", `/v1/collections/${a}/identify?far=${b}`, { image: one }),
        await send("POST", "/v1/verify", { first: one, second: two }),
        await send("POST", "/v1/cluster", { images: [one, two] }),
        await send("POST", "/v1/keys", { name: one, scopes: [two] }),
        await send("DELETE", `/v1/keys/${a}`),
        await send("GET", `/v1/audit?before=${a}`),
        await send("POST", `/api/v1/recognition/faces?subject=${a}&det_prob_threshold=${b}`, image, "image/png"),
        await send("PUT", `/api/v1/recognition/subjects/${a}`, { subject: two }),
        await send("DELETE", subject),
        await send("GET", `/docs/static/${a}`),
      ];
      for (const { statusCode } of answers) expect(statusCode).toBeLessThan(500);
    });
    await fc.assert(check, { numRuns: 25 });
  });

  it("are refused where no address holds them", async () => {
    for (const url of ["/v1/collections/%zz", "/v1/collections/%ff", "//etc/passwd", "/../../etc/passwd"]) {
      expect((await app.inject({ url, headers: { "x-api-key": key } })).statusCode).toBeLessThan(500);
    }
  });
});

describe("bodies", () => {
  const url = "/v1/detect";
  const form = (body: string) => send("POST", url, Buffer.from(body), "multipart/form-data; boundary=X");

  it.each([
    ["nothing", ""],
    ["no end", '--X\r\ncontent-disposition: form-data; name="a"; filename="b"\r\n\r\nabc'],
    ["no headers", "--X\r\n\r\nabc\r\n--X--\r\n"],
    ["no files", '--X\r\ncontent-disposition: form-data; name="a"\r\n\r\nabc\r\n--X--\r\n'],
    ["another boundary", "--Y\r\n\r\n--Y--"],
    [
      "a name that objects have",
      '--X\r\ncontent-disposition: form-data; name="__proto__"; filename="b"\r\n\r\nabc\r\n--X--\r\n',
    ],
  ])("a form with %s: refused", async (_, body) => {
    const { statusCode } = await form(body);
    expect(statusCode).toBeGreaterThanOrEqual(400);
    expect(statusCode).toBeLessThan(500);
  });

  it.each([
    ["no picture", Buffer.from("hello"), "image/png", 422, "COSFACE_IMAGE"],
    ["no bytes", Buffer.alloc(0), "image/png", 400, "COSFACE_OPTION"],
    ["an unknown type", Buffer.from("x"), "text/x-shell", 415, "COSFACE_MEDIA_TYPE"],
    ["damaged JSON", Buffer.from('{"image":'), "application/json", 400, "COSFACE_OPTION"],
    ["JSON with a prototype", Buffer.from('{"__proto__":{"x":1}}'), "application/json", 400, "COSFACE_OPTION"],
    ["unknown properties", Buffer.from('{"image":"AAAA","path":"/etc"}'), "application/json", 400, "COSFACE_OPTION"],
    ["50 MB", Buffer.alloc(50e6), "image/png", 413, "COSFACE_TOO_LARGE"],
  ])("%s: refused", async (_, body, type, status, code) => {
    const answer = await send("POST", url, body, type);
    expect(answer.json()).toMatchObject({ code });
    expect(answer.statusCode).toBe(status);
  });

  it("a image that claims 40,000 × 40,000 pixels: refused by its header", async () => {
    const { statusCode, body } = await send("POST", url, hugePng(40_000), "image/png");
    expect(statusCode).toBe(422);
    expect(body).toContain("(option maxPixels, flag --max-pixels)");
  });
});

describe("clients", () => {
  it("that never finish are sent away", async () => {
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as { readonly port: number };
    const text = await new Promise<string>((resolve) => {
      let received = "";
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(`POST /v1/detect HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\ncontent-type: image/png\r\n`);
        socket.write("content-length: 1000\r\n\r\nabc");
      });
      socket.on("data", (data) => {
        received += data;
      });
      socket.on("close", () => resolve(received));
      socket.on("error", () => resolve(received));
    });
    expect(text).toMatch(/^HTTP\/1.1 408/);
  });
});

/** The smallest PNG that says it is a square of this side. */
function hugePng(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const framed = Buffer.alloc(8 + body.length);
    framed.writeUInt32BE(data.length, 0);
    framed.set(body, 4);
    framed.writeUInt32BE(crc32(body), 4 + body.length);
    return framed;
  };
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const pixels = deflateSync(Buffer.alloc(1000));
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
