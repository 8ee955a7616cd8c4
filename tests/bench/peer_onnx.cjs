// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// An encoder in ONNX Runtime: node peer_onnx.cjs NODE_MODULES FILE.onnx
// Lines of standard input: "about" is answered by what this is, "window COUNT TOKENS..."
// by the seconds of so many calls, each with one window, and "mu TOKENS..." by mu.

"use strict";

const path = require("path");
const readline = require("readline");

const [, , modules, file] = process.argv;
const ort = require(path.resolve(modules, "onnxruntime-node"));

const CLASSES = 90;
const NANOSECONDS = 1e9;

function oneHot(tokens) {
  const x = new Float32Array(tokens.length * CLASSES);
  tokens.forEach((token, step) => (x[step * CLASSES + token] = 1));
  return { x: new ort.Tensor("float32", x, [tokens.length, 1, CLASSES]) };
}

async function time(session, count, tokens) {
  const input = oneHot(tokens);
  const seconds = [];
  for (let i = 0; i < count; ++i) {
    const start = process.hrtime.bigint();
    await session.run(input);
    seconds.push(Number(process.hrtime.bigint() - start) / NANOSECONDS);
  }
  return seconds;
}

async function answer(session, line) {
  const [what, ...words] = line.split(" ");
  const numbers = words.map(Number);
  if (what === "about") {
    return [`ONNX Runtime ${ort.env.versions.node}`];
  }
  if (what === "mu") {
    return (await session.run(oneHot(numbers))).mu.data;
  }
  return time(session, numbers[0], numbers.slice(1));
}

async function main() {
  const session = await ort.InferenceSession.create(file, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
  });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log((await answer(session, line)).join(" "));
  }
}

main().catch((error) => {
  console.error(String(error.message || error).split("\n")[0]);
  process.exit(1);
});
