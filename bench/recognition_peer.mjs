// The reference of the recognition suite: @vladmandic/face-api with its WebAssembly backend, on the same images in
// memory. Arguments: ssd or tiny, images.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import sharp from "sharp";

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");
const faceapi = require("@vladmandic/face-api/dist/face-api.node-wasm.js");
const folder = (name) => dirname(require.resolve(`${name}/package.json`));

wasm.setWasmPaths(join(folder("@tensorflow/tfjs-backend-wasm"), "dist/"));
await tf.setBackend("wasm");
await tf.ready();
const [, , detector, ...paths] = process.argv;
const weights = join(folder("@vladmandic/face-api"), "model");
const { ssdMobilenetv1, tinyFaceDetector, faceLandmark68Net, faceRecognitionNet } = faceapi.nets;
const network = detector === "tiny" ? tinyFaceDetector : ssdMobilenetv1;
for (const net of [network, faceLandmark68Net, faceRecognitionNet]) await net.loadFromDisk(weights);
const options = detector === "tiny" ? new faceapi.TinyFaceDetectorOptions() : new faceapi.SsdMobilenetv1Options();

const images = await Promise.all(
  paths.map(async (path) => {
    const { data, info } = await sharp(readFileSync(path)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    return tf.tensor3d(data, [info.height, info.width, 3], "int32");
  }),
);
const recognize = (image) => faceapi.detectAllFaces(image, options).withFaceLandmarks().withFaceDescriptors();
await recognize(images[0]);

let faceCount = 0;
const start = performance.now();
for (const image of images) faceCount += (await recognize(image)).length;
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ imagesPerSecond: images.length / seconds, faceCount }));
