import { expect, it } from "vitest";
import { gradients } from "./autodiff.ts";
import { mul, neg, reduceSum, sub } from "./ops/arithmetic.ts";
import { cast } from "./ops/elementwise.ts";
import { isLabel } from "./ops/layout.ts";
import { l2Normalize, logSoftmax, matmul } from "./ops/linear.ts";
import { batchNormTraining } from "./ops/normalization.ts";
import { reduceMean } from "./ops/reduction.ts";
import { shareEqualNodes } from "./passes/share-equal-nodes.ts";
import { printGraph } from "./print.ts";
import { constant, fill, input, scalar } from "./value.ts";

/** CosFace on two faces of two dimensions and three identities: −ln softmax of s·(cos θ − m·[j = label]). */
function cosFace() {
  const embeddings = input("embeddings", "f32", [2, 2]);
  const centers = input("centers", "f32", [3, 2]);
  const labels = input("labels", "i32", [2]);
  const cosines = matmul(l2Normalize(embeddings), l2Normalize(centers), { transposeB: true });
  const target = cast(isLabel(labels, 3), "f32");
  const logits = mul(sub(cosines, mul(target, 0.35)), 64);
  const loss = reduceMean(neg(reduceSum(mul(logSoftmax(logits), target), { axes: [1] })));
  return { loss, embeddings, centers };
}

it("prints a loss as one line a node", () => {
  const { loss } = cosFace();
  expect(printGraph({ name: "cosface", outputs: { loss } })).toMatchInlineSnapshot(`
    "cosface(embeddings: f32[2,2], centers: f32[3,2], labels: i32[2])
      a: f32[2,2] = l2Normalize embeddings
      b: f32[3,2] = l2Normalize centers
      c: f32[2,3] = matmul a b transposeA=false transposeB=true
      d: i32[2,1] = reshape labels shape=[2,1]
      e: bool[2,3] = equal d [0,1,2]
      f: f32[2,3] = cast e to=f32
      g: f32[2,3] = mul f 0.35
      h: f32[2,3] = sub c g
      i: f32[2,3] = mul h 64
      j: f32[2,3] = logSoftmax i
      k: f32[2,3] = mul j f
      l: f32[2] = reduceSum k axes=[1] keepDims=false
      m: f32[2] = neg l
      n: f32[] = reduceMean m axes=[0] keepDims=false
      return loss=n"
  `);
});

it("prints the gradient of the loss, which is a graph of the same ops", () => {
  const { loss, centers } = cosFace();
  const [dCenters] = gradients(loss, [centers]);
  const graph = shareEqualNodes({ name: "cosfaceGradient", outputs: { dCenters: dCenters! } });
  expect(printGraph(graph)).toMatchInlineSnapshot(`
    "cosfaceGradient(labels: i32[2], embeddings: f32[2,2], centers: f32[3,2])
      a: f32[1] = reshape 1 shape=[1]
      b: f32[1] = div a 2
      c: f32[2] = broadcastTo b shape=[2]
      d: f32[2] = neg c
      e: f32[2,1] = reshape d shape=[2,1]
      f: f32[2,3] = broadcastTo e shape=[2,3]
      g: i32[2,1] = reshape labels shape=[2,1]
      h: bool[2,3] = equal g [0,1,2]
      i: f32[2,3] = cast h to=f32
      j: f32[2,3] = mul f i
      k: f32[2,2] = l2Normalize embeddings
      l: f32[3,2] = l2Normalize centers
      m: f32[2,3] = matmul k l transposeA=false transposeB=true
      n: f32[2,3] = mul i 0.35
      o: f32[2,3] = sub m n
      p: f32[2,3] = mul o 64
      q: f32[2,3] = logSoftmax p
      r: f32[2,3] = exp q
      s: f32[2,1] = reduceSum j axes=[1] keepDims=true
      t: f32[2,3] = mul r s
      u: f32[2,3] = sub j t
      v: f32[2,3] = mul u 64
      w: f32[3,2] = matmul v k transposeA=true transposeB=false
      x: f32[3,2] = mul l w
      y: f32[3,1] = reduceSum x axes=[1] keepDims=true
      z: f32[3,2] = mul l y
      aa: f32[3,2] = sub w z
      ab: f32[3,1] = l2Norm centers
      ac: f32[3,1] = maximum ab 1e-12
      ad: f32[3,2] = div aa ac
      return dCenters=ad"
  `);
});

it("prints constants by their elements if there are few, nodes of many outputs, and letters beyond z", () => {
  const x = input("x", "f64", ["batch", 2]);
  const shifted = sub(mul(x, constant(Float64Array.of(1.5, -2), [2])), fill([5, 1, 2], 1, "f64"));
  const [y, mean] = batchNormTraining(x, input("s", "f64", [2]), input("b", "f64", [2]));
  let deep = neg(scalar(3, "i64"));
  for (let i = 0; i < 26; i++) deep = neg(deep);
  expect(printGraph({ name: "g", outputs: { shifted, y, mean, deep } })).toMatchInlineSnapshot(`
    "g(x: f64[batch,2], s: f64[2], b: f64[2])
      a: f64[batch,2] = mul x [1.5,-2]
      c: f64[5,batch,2] = sub a constant:f64[5,1,2]
      d: f64[batch,2], e: f64[2], f: f64[2] = batchNormTraining x s b epsilon=0.00001
      g: i64[] = neg 3
      h: i64[] = neg g
      i: i64[] = neg h
      j: i64[] = neg i
      k: i64[] = neg j
      l: i64[] = neg k
      m: i64[] = neg l
      n: i64[] = neg m
      o: i64[] = neg n
      p: i64[] = neg o
      q: i64[] = neg p
      r: i64[] = neg q
      t: i64[] = neg r
      u: i64[] = neg t
      v: i64[] = neg u
      w: i64[] = neg v
      y: i64[] = neg w
      z: i64[] = neg y
      aa: i64[] = neg z
      ab: i64[] = neg aa
      ac: i64[] = neg ab
      ad: i64[] = neg ac
      ae: i64[] = neg ad
      af: i64[] = neg ae
      ag: i64[] = neg af
      ah: i64[] = neg ag
      ai: i64[] = neg ah
      return shifted=c y=d mean=e deep=ai"
  `);
});
