import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describePassedOver, listImages, MAX_DEPTH } from "./list-images.ts";

/** The smallest bytes that are recognized: listing decodes nothing. */
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "cosface-list-"));
});
afterEach(() => rm(root, { recursive: true }));

async function write(name: string, content: Uint8Array | string = JPEG): Promise<void> {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), content);
}

const names = async (paths: string | string[] = root) => (await listImages(paths)).images.map(({ name }) => name);
const passedOver = async () => (await listImages(root)).passedOver.map(({ name, reason }) => `${name}: ${reason}`);

describe("listImages", () => {
  it("recognizes images by their bytes at any depth, and says what the other files are", async () => {
    await write("a/photo");
    await write("a/b/c/photo.jfif");
    await write("top.txt");
    await write("a/notes.md", "# Notes");
    await write("a/page.pdf", "%PDF-1.7");
    await write("a/phone", "\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    await write("a/next.jxl", "\0\0\0\x0cJXL \r\n");
    await write("a/nothing", "");
    await write("a/damaged.png", "not a PNG");
    await write(".hidden/photo.jpg");
    await write(".photo.jpg");
    await write(".settings.json", "{}");
    await write("a/.photo.jpg");
    expect(await names()).toEqual(["a/b/c/photo.jfif", "a/damaged.png", "a/phone", "a/photo", "top.txt"]);
    expect(await passedOver()).toEqual([
      ".hidden: hidden folder",
      ".photo.jpg: hidden image",
      "a/.photo.jpg: hidden image",
      "a/next.jxl: unknown file",
      "a/notes.md: text",
      "a/nothing: empty file",
      "a/page.pdf: PDF document",
    ]);
  });

  it("sorts folder by folder, by code unit", async () => {
    for (const name of ["b/1", "a/2", "a/10", "a b/1", "B/1", "a/c/1"]) await write(name);
    expect(await names()).toEqual(["B/1", "a/10", "a/2", "a/c/1", "a b/1", "b/1"]);
  });

  it("counts each real file once, whatever links there are", async () => {
    await write("a/1.jpg");
    await write("a/2.jpg");
    await symlink("..", join(root, "a/loop"));
    await symlink(join(root, "a"), join(root, "0-alias"));
    await symlink("1.jpg", join(root, "a/0.jpg"));
    await link(join(root, "a/2.jpg"), join(root, "a/3.jpg"));
    expect(await names()).toEqual(["a/1.jpg", "a/2.jpg"]);
    expect(await passedOver()).toEqual(
      ["0-alias", "a/0.jpg", "a/3.jpg", "a/loop"].map(
        (name) => `${name}: second name of a file or folder that is listed`,
      ),
    );
    expect(await names([join(root, "a"), join(root, "a/1.jpg"), root])).toEqual(["1.jpg", "2.jpg"]);
  });

  it("follows links out of the folder, once each", async () => {
    await write("elsewhere/1.jpg");
    await mkdir(join(root, "people"));
    await symlink("../elsewhere", join(root, "people/ann"));
    await symlink("../elsewhere/1.jpg", join(root, "people/bob.jpg"));
    const { images } = await listImages(join(root, "people"));
    expect(images).toHaveLength(1);
  });

  it("leaves out links to nothing, links to themselves and files that may not be read, by name", async () => {
    await write("1.jpg");
    await symlink("nowhere", join(root, "2.jpg"));
    await symlink("3.jpg", join(root, "3.jpg"));
    const expected = ["2.jpg: dangling link", "3.jpg: link to itself"];
    if (process.getuid?.() !== 0) {
      await write("4.jpg");
      await chmod(join(root, "4.jpg"), 0);
      expected.push("4.jpg: file that cannot be read (EACCES)");
    }
    expect(await names()).toEqual(["1.jpg"]);
    expect(await passedOver()).toEqual(expected);
    expect(await listImages(join(root, "nowhere"))).toEqual({
      images: [],
      passedOver: [{ name: join(root, "nowhere"), reason: "missing file" }],
    });
  });

  it("gives names in NFC, and paths as they are on the disk", async () => {
    await write("Jose\u0301/1.jpg");
    const [image] = (await listImages(root)).images;
    expect(image?.name).toBe("Jos\u00e9/1.jpg");
    expect(image?.path).toBe(join(root, "Jose\u0301/1.jpg"));
  });

  it("stops at its depth and says so", async () => {
    const deep = Array.from({ length: MAX_DEPTH + 1 }, (_, i) => `${i}`).join("/");
    await write(`${deep}/x.jpg`);
    await write(`${dirname(deep)}/y.jpg`);
    expect(await names()).toEqual([`${dirname(deep)}/y.jpg`]);
    expect(await passedOver()).toEqual([`${deep}: deeper than 16 folders`]);
  });

  it("takes files that are named themselves as they are, in the order of the paths", async () => {
    await write("b.txt", "text");
    await write("a/1.jpg");
    const [file, folder] = [join(root, "b.txt"), join(root, "a")];
    expect(await names([file, folder])).toEqual([file, "1.jpg"]);
    await mkdir(join(root, "c"));
    expect((await listImages(join(root, "c"))).passedOver).toEqual([
      { name: join(root, "c"), reason: "folder without images" },
    ]);
  });
});

describe("describePassedOver", () => {
  it("counts by reason, and names a few", () => {
    const text = ["1", "2", "3", "4"].map((name) => ({ name, reason: "text" }));
    expect(describePassedOver([...text, { name: "x", reason: "dangling link" }], 2)).toBe(
      "5 passed over: 4 × text (1, 2, …); 1 × dangling link (x)",
    );
    expect(describePassedOver([])).toBeUndefined();
  });
});
