import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packDataset } from "../base/data/index.ts";
import { syntheticFaces } from "../training/synthetic/index.ts";
import { commandNames, createProgram } from "./program.ts";

/** What `cosface NAME --help` prints on a terminal of 80 columns; without a name, what `cosface --help` prints. */
async function help(name?: string): Promise<string> {
  const program = await createProgram(name);
  const command = name === undefined ? program : program.commands.find((found) => found.name() === name)!;
  let text = "";
  const writeOut = (part: string) => {
    text += part;
  };
  command.configureOutput({ writeOut, getOutHelpWidth: () => 80, getOutHasColors: () => false }).outputHelp();
  return text;
}

/** The error line of words that commander refuses: the rest of the line is what the process ends with. */
async function usageError(...words: readonly string[]): Promise<string> {
  const program = await createProgram(words[0]);
  let text = "";
  const writeErr = (part: string) => {
    text += part;
  };
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr });
  await expect(program.parseAsync(words, { from: "user" })).rejects.toMatchObject({ exitCode: 1 });
  return text;
}

describe("an error of use", () => {
  it.each([
    [["networks", "--jason"], "error: unknown option '--jason' (Did you mean --json?) (see --help)\n"],
    [["bounds", "--identities", "8"], "error: required option '--dimension <K>' not specified (see --help)\n"],
    [
      ["bounds", "--posterior", "1"],
      "error: option '--posterior <P>' argument '1' is invalid. got '1', expected a number between 0 and 1 (see --help)\n",
    ],
    [["pack", "faces"], "error: missing required argument 'out' (see --help)\n"],
  ])("%j is one line", async (words, line) => {
    expect(await usageError(...words)).toBe(line);
  });
});

describe("a command refuses", () => {
  let folder: string;
  let packed: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cosface-program-"));
    packed = join(folder, "packed");
    const size = { width: 24, height: 24 };
    await packDataset(syntheticFaces({ identityCount: 2, imagesPerIdentity: 2, seed: 1, ...size }), packed);
    const file = await readFile(join(packed, "train.rec"));
    await writeFile(join(packed, "cut.rec"), file.subarray(0, file.length - 5));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each<[command: string, words: () => readonly string[], message: RegExp]>([
    ["pack", () => [join(folder, "none"), join(folder, "out")], /^pack: no folder at '.*none', expected/],
    ["pack", () => [folder, join(folder, "out", "train.rec")], /^pack: got '.*train\.rec', expected a folder/],
    ["pack", () => [folder, packed], /^pack: '.*train\.rec' is there already: name another folder/],
    ["unpack", () => [join(folder, "none.rec"), join(folder, "out")], /^none\.rec: cannot be opened/],
    ["unpack", () => [join(packed, "cut.rec"), join(folder, "out")], /^cut\.rec: truncated/],
    ["unpack", () => [join(packed, "train.rec"), packed], /^unpack: the output folder is not empty/],
    ["train", () => ["--data", join(folder, "none"), "--out", join(folder, "out")], /^data set: nothing at/],
    [
      "bounds",
      () => ["--identities", "1", "--dimension", "2"],
      /identities: got 1, expected a whole number of at least 2/,
    ],
    ["bounds", () => ["--identities", "8", "--dimension", "2", "--margin", "3"], /margin: got 3, expected .* \[0, 2\]/],
    ["bounds", () => ["--identities", "8", "--dimension", "2", "--scale", "-1"], /scale: got -1, expected a positive/],
  ])("%s, and leaves everything as it was", async (command, words, message) => {
    const before = await readdir(folder, { recursive: true });
    const running = (await createProgram(command)).parseAsync([command, ...words()], { from: "user" });
    await expect(running).rejects.toMatchObject({
      code: expect.stringMatching(/^COSFACE_/),
      message: expect.stringMatching(message),
    });
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });
});

describe("--version", () => {
  it("is the package's", async () => {
    const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
    expect((await createProgram()).version()).toBe((JSON.parse(text) as { version: string }).version);
  });
});

describe("help", () => {
  it.each(commandNames)("of %s has examples that name the command", async (name) => {
    expect(await help(name)).toMatch(new RegExp(`Examples?:\\n(?:  .*\\n)*  cosface ${name}`));
  });

  it.each(commandNames)("of %s has no trailing blanks, and --json", async (name) => {
    expect(await help(name)).not.toMatch(/[ \t]$/m);
    expect(await help(name)).toContain("--json");
  });

  it("of cosface", async () => {
    expect(await help()).toMatchInlineSnapshot(`
      "Usage: cosface [options] [command]

      Deep face recognition with large margin cosine loss: train, evaluate and export,
      on this machine

      Options:
        -V, --version   output the version number
        -h, --help      display help for command

      Commands:
        quickstart      Train softmax and CosFace on synthetic people, test both on
                        unseen ones, and leave a model and a report
        train           Train a network on a folder of faces (one subfolder an
                        identity) or an InsightFace record file
        evaluate        Score an embedder on LFW-style pairs of faces or photographs,
                        or among distractors
        detect          Find the faces of pictures: boxes, scores and five landmarks
        align           Make a data set of aligned faces from a folder of photographs
        embed           Find the faces of pictures and give each its embedding
        verify          Tell whether two photographs show the same person, at a false
                        accept rate
        identify        Tell who the people in photographs are, among those of a
                        gallery, or that they are unknown
        cluster         Sort the faces of photographs into people, without knowing who
                        or how many they are
        calibrate       Measure on your own photographs which threshold accepts which
                        share of strangers, and keep it
        experiment      Repeat the paper's experiments, each with a report
        serve           Run the recognition service: people, their pictures, and who
                        is on a picture, over HTTP
        gallery         Look after the people of a gallery: list, enroll a folder,
                        merge, delete, export, import
        keys            Make, list and revoke the API keys of a gallery's service
        backup          Write a gallery into one file, with everything it has
        restore         Make a gallery of a backup, in a new folder or database
        models          List models, fetch them, and tell what they take and give,
                        with their licences
        networks        List the networks there are, with what they cost
        bounds          Tell what scale s and margin m can be for a number of
                        identities and an embedding size
        boundaries      Draw the decision boundaries of softmax, NSL, A-Softmax,
                        CosFace and ArcFace for two classes
        geometry        Measure the class centers of a run: their angles, the margin
                        reached, identities that collide
        pack            Pack a folder of faces into one InsightFace record file, which
                        reads faster than many small files
        unpack          Unpack an InsightFace record file into a folder of faces, one
                        subfolder an identity
        doctor          Tell what this machine offers for training, and what stands in
                        the way
        help [command]  display help for command
      "
    `);
  });

  it("of cosface train", async () => {
    expect(await help("train")).toMatchInlineSnapshot(`
      "Usage: cosface train [options]

      Train a network on a folder of faces (one subfolder an identity) or an
      InsightFace record file

      Options:
        --data <path>               folder with one subfolder an identity, or
                                    train.rec
        --out <folder>              folder for the run: checkpoints, log and
                                    model.onnx
        --network <name>            see \`cosface networks\`; default sphere20
        --input <height>x<width>    input size; default the network's
        --embedding-size <n>        numbers in an embedding; default the network's
        --loss <name>               loss (choices: "softmax", "nsl", "lsoftmax",
                                    "asoftmax", "cosface", "arcface", "combined",
                                    "contrastive", "center", "triplet", default:
                                    "cosface")
        --margin <m>                cosface: 0.35; arcface: radians, 0.5; asoftmax,
                                    lsoftmax: 4; or auto
        --m1 <m>                    combined: multiplier of the angle; default 1
        --m2 <m>                    combined: added to the angle, in radians; default
                                    0.3
        --m3 <m>                    combined: subtracted from the cosine; default 0.2
        --scale <s>                 scale of the logits; default 64; auto; norm:
                                    embeddings keep their norm
        --lambda <l>                asoftmax, lsoftmax: fixed λ instead of annealing
        --weight <w>                contrastive: 1; center: 0.003: weight of what is
                                    added to softmax
        --batch <n>                 images a step; default 512
        --identities-per-batch <n>  each with as many images, for losses that compare
                                    them
        --sample-centers <share>    of the class centers a step: PartialFC, for very
                                    many identities
        --epochs <n>                passes over the data; default 30
        --iterations <n>            steps, instead of epochs
        --learning-rate <x>         highest learning rate; default 0.1
        --schedule <name>           default step: ÷10 at the milestones (choices:
                                    "step", "polynomial", "cosine")
        --milestones <shares>       of all steps, as in 0.6,0.85; default the paper's
        --warm-up <n>               steps in which the learning rate rises from 0
        --margin-warm-up <n>        steps in which the margin rises from 0
        --optimizer <name>          default sgd (choices: "sgd", "adamw")
        --momentum <x>              default 0.9
        --weight-decay <x>          default 5e-4
        --augment <set>             random changes of images (choices: "none", "flip",
                                    "strong", default: "flip")
        --initialize-from <folder>  run whose network and class centers training
                                    starts from
        --seed <n>                  of initial values, order and augmentation; default
                                    0
        --threads <n>               default: all cores
        --device <name>             default cpu (choices: "cpu", "cuda", "webgpu",
                                    "dml", "coreml")
        --checkpoint-every <n>      steps between checkpoints; default a twentieth of
                                    all
        --log-every <n>             steps between lines of the log; default 20
        --verify-images <folder>    aligned LFW-style images to verify on
        --verify-pairs <file>       LFW-style list of pairs to verify on
        --verify-every <n>          steps between verifications; default: at the end
                                    alone
        --no-measure                fixed lowerings of gradients, nothing measured
        --resume                    go on from the newest checkpoint of --out
        --json                      print JSON: a summary at the end
        -h, --help                  display help for command

      Examples:
        cosface train --data faces/ --network sphere4 --scale 30 --batch 128 --epochs 8 --warm-up 100 --out runs/first
        cosface train --data train.rec --network iresnet18 --scale auto --epochs 20 --out runs/r18
        cosface train … --out runs/first --resume      (after Ctrl-C, or a crash)
      "
    `);
  });

  it("of cosface evaluate", async () => {
    expect(await help("evaluate")).toMatchInlineSnapshot(`
      "Usage: cosface evaluate [options] <model>

      Score an embedder on LFW-style pairs of faces or photographs, or among
      distractors

      Arguments:
        model                   ONNX file, N×3×H×W → N×d, a pulled model, or default:
                                the one that npm brings

      Options:
        --protocol <name>       ten-fold verification, or known people among strangers
                                (choices: "lfw", "megaface", default: "lfw")
        --images <folder>       aligned images, NAME/NAME_0001.jpg
        --pairs <file>          lfw: list of pairs in LFW's format
        --distractors <folder>  megaface: aligned images of strangers; as --images,
                                also train.rec
        --align                 the images are photographs: detect and align first
        --detector <model>      with --align: default, a pulled model, or the ONNX
                                file of a detector
        --centering             subtract the mean embedding of the other folds
        --flip <rule>           use of the mirror image; default: the model's
                                (choices: "none", "concat", "sum")
        --mean <x>              input = (pixel − mean) / std; default: the model's
        --std <x>               see --mean
        --channels <order>      default: the model's (choices: "rgb", "bgr")
        --template <name>       arcface, arcface-128 or five points as JSON; default:
                                the model's
        --threads <n>           default: all cores
        --device <name>         default cpu (choices: "cpu", "cuda", "webgpu", "dml",
                                "coreml")
        --json                  print JSON
        -h, --help              display help for command

      With --align the largest face near the middle is taken. A pair with an image
      without a face has score 0; missedImageCount says how many images those are.
      With megaface each image is sought by each other image of its person, among the
      distractors: rank-k rates, and TAR at FAR 1e-6 and up over all pairs with them.

      Examples:
        cosface evaluate runs/first/model.onnx --images lfw/aligned --pairs lfw/pairs.txt
        cosface evaluate default --images lfw/photos --pairs lfw/pairs.txt --align
        cosface evaluate arcface.onnx --images lfw/aligned --pairs lfw/pairs.txt --mean 127.5 --std 127.5 --channels rgb --flip none
        cosface evaluate runs/first/model.onnx --protocol megaface --images people/ --distractors strangers/train.rec
      "
    `);
  });

  it("of cosface networks", async () => {
    expect(await help("networks")).toMatchInlineSnapshot(`
      "Usage: cosface networks [options]

      List the networks there are, with what they cost

      Options:
        --json      print JSON
        -h, --help  display help for command

      Examples:
        cosface networks
        cosface networks --json
      "
    `);
  });

  it("of cosface bounds", async () => {
    expect(await help("bounds")).toMatchInlineSnapshot(`
      "Usage: cosface bounds [options]

      Tell what scale s and margin m can be for a number of identities and an
      embedding size

      Options:
        --identities <C>  number of identities, at least 2
        --dimension <K>   numbers in an embedding, at least 2
        --posterior <P>   what class centers shall reach, in (0, 1) (default: 0.9)
        --margin <m>      cosine margin to judge; without it one is suggested
        --scale <s>       scale to judge; without it one is suggested
        --json            print JSON
        -h, --help        display help for command

      Formulas:
        s ≥ (C−1)/C · ln((C−1)P / (1−P))  Eq. 6: necessary; enough only if C ≤ K+1
        m ≤ 1 − max cos(w_i, w_j)         Eq. 7, for the best arrangement of centers
      A bound is tight when some arrangement of the class centers w reaches it.

      Examples:
        cosface bounds --identities 10575 --dimension 512 --margin 0.35 --scale 64
        cosface bounds --identities 8 --dimension 2 --posterior 0.99 --json
      "
    `);
  });

  it("of cosface pack", async () => {
    expect(await help("pack")).toMatchInlineSnapshot(`
      "Usage: cosface pack [options] <folder> <out>

      Pack a folder of faces into one InsightFace record file, which reads faster than
      many small files

      Arguments:
        folder      folder with one subfolder an identity
        out         folder for train.rec, train.idx and property

      Options:
        --json      print JSON
        -h, --help  display help for command

      Labels are the places of the subfolders' names in sorted order; images keep their bytes.

      Examples:
        cosface pack faces/ packed/
        cosface train --data packed/train.rec --out runs/first
      "
    `);
  });

  it("of cosface unpack", async () => {
    expect(await help("unpack")).toMatchInlineSnapshot(`
      "Usage: cosface unpack [options] <file> <out>

      Unpack an InsightFace record file into a folder of faces, one subfolder an
      identity

      Arguments:
        file        train.rec; its index is not needed
        out         folder to make; it must be new or empty

      Options:
        --json      print JSON
        -h, --help  display help for command

      Images are written as LABEL/NUMBER.jpg (or .png …) and keep their bytes.

      Examples:
        cosface unpack packed/train.rec faces/
      "
    `);
  });

  it("of cosface doctor", async () => {
    expect(await help("doctor")).toMatchInlineSnapshot(`
      "Usage: cosface doctor [options]

      Tell what this machine offers for training, and what stands in the way

      Options:
        --json      print JSON
        -h, --help  display help for command

      Takes a few seconds. The exit code is 1 when training is not possible here.

      Examples:
        cosface doctor
        cosface doctor --json > machine.json
      "
    `);
  });
});
