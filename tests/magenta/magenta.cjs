// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Runs melodies through the MusicVAE of Magenta.js:
//
//   NODE_PATH=.../node_modules node magenta.cjs FOLDER <windows.json >answers.json
//
// Windows are arrays of tokens. The answer has, for each window, `heard` (the
// tokens that Magenta.js makes of its notes), `mu`, and `played` (the tokens
// that its decoder makes of mu, always the likeliest).
//
//   NODE_PATH=.../node_modules node magenta.cjs FOLDER --decode <z.json >answers.json
//
// Here the input is what `music-neurons latent --format magenta-js` prints, and the
// answer has `played` alone.

"use strict";

const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");

// Both libraries log to standard output, which is for the answer.
console.log = console.error;

const tf = require("@tensorflow/tfjs");
const { MusicVAE } = require("@magenta/music/node/music_vae");
const { NoteSequence } = require("@magenta/music/node/protobuf");

const STEPS_PER_QUARTER = 4;
const NOTE_OFF = 1;
const NOTE_OFFSET = 19;

// A note sounds until the next one, a note-off or the end.
function notesOf(tokens) {
  const notes = [];
  let sounding = null;
  const end = (step) => {
    if (sounding) {
      sounding.quantizedEndStep = step;
      sounding = null;
    }
  };
  tokens.forEach((token, step) => {
    if (token >= NOTE_OFF) {
      end(step);
    }
    if (token > NOTE_OFF) {
      sounding = { pitch: token + NOTE_OFFSET, quantizedStartStep: step };
      notes.push(sounding);
    }
  });
  end(tokens.length);
  return NoteSequence.create({
    quantizationInfo: { stepsPerQuarter: STEPS_PER_QUARTER },
    totalQuantizedSteps: tokens.length,
    notes,
  });
}

// Magenta.js only fetches from web addresses: serves the folder on this machine.
async function serve(folder) {
  const server = http.createServer((request, response) => {
    fs.readFile(path.join(folder, path.basename(request.url)), (error, data) => {
      response.writeHead(error ? 404 : 200);
      response.end(data);
    });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

function rows(tensor) {
  const values = tensor.arraySync();
  tensor.dispose();
  return values;
}

// What the decoder makes of latents. Without a temperature, it takes the likeliest
// token of each step.
async function play(model, z) {
  const played = await model.decodeTensors(z);
  return rows(tf.tidy(() => played.argMax(2)));
}

async function main() {
  const input = JSON.parse(fs.readFileSync(0, "utf8"));
  const server = await serve(process.argv[2]);
  const model = new MusicVAE(`http://127.0.0.1:${server.address().port}`);
  await model.initialize();
  server.close();
  server.closeAllConnections();

  if (process.argv[3] === "--decode") {
    process.stdout.write(JSON.stringify({ played: await play(model, tf.tensor2d(input)) }));
    return;
  }
  const melodies = input.map(notesOf);
  const heard = melodies.map((melody) =>
    rows(tf.tidy(() => model.dataConverter.toTensor(melody).argMax(1))),
  );
  // In Magenta.js, encode() returns the mean: it draws no sample.
  const mu = await model.encode(melodies);
  const played = await play(model, mu);
  const answer = { heard, mu: rows(mu), played };
  process.stdout.write(JSON.stringify(answer));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
